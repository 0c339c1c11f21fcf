#include "api/desksession.h"

#include "api/deskanswer.h"
#include "api/payinparts.h"
#include "giftcards/giftcardservice.h"
#include "runtime/workerpool.h"

/// What a desk may ask for about gift cards. As in deskcommands.cpp, no rule lives here.
namespace parterre::server {

using namespace Qt::StringLiterals;
using protocol::Envelope;
using protocol::MessageType;

GiftCardActor DeskSession::giftCardActor() const
{
    return parterre::giftCardActor(m_principal.text, m_principal.user ? m_principal.user->role : Role::Clerk);
}

/// As with payTerminal(): not on this thread, since the desk may want to stop it.
DeskSession::Answer DeskSession::answerLater(const Envelope &request, const std::function<Answer()> &work)
{
    m_isAnsweredLater =
        m_services.cardWorkers && m_services.cardWorkers->tryRun([self = shared_from_this(), request, work] {
            const Answer answer = work();
            self->send(answer ? *answer : protocol::refusal(request.id, answer.error()));
        });
    if (m_isAnsweredLater)
        return protocol::reply(MessageType::Done, *request.id, protocol::Nothing{});
    return refuse(ErrorCode::Overloaded, u"Too many payments are under way. Try again in a moment, or take cash."_s);
}

DeskSession::Answer DeskSession::issueGiftCard(const Envelope &request)
{
    PT_TRY(const auto command, read<IssueGiftCard>(request));
    const auto issue = [self = shared_from_this(), request, command, actor = giftCardActor(),
                        key = commandKey(request)] {
        return answerWith(MessageType::GiftCardIssued, request, self->m_services.giftCards.issue(actor, key, command));
    };
    return command.terminal ? answerLater(request, issue) : issue();
}

DeskSession::Answer DeskSession::payInParts(const Envelope &request)
{
    PT_TRY(const auto command, read<PayInParts>(request));
    const auto pay = [self = shared_from_this(), request, command, party = party(), key = commandKey(request)] {
        return answerWith(MessageType::Order, request,
                          server::payInParts(self->m_services, party, key, command, self->m_peer->peerAddress()));
    };
    return command.terminal ? answerLater(request, pay) : pay();
}

DeskSession::Answer DeskSession::renewGiftCardCode(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OneGiftCard>(request));
    return answerWith(MessageType::GiftCardIssued, request,
                      m_services.giftCards.renewCode(giftCardActor(), command.card));
}

DeskSession::Answer DeskSession::blockGiftCard(const Envelope &request)
{
    PT_TRY(const auto command, read<BlockGiftCard>(request));
    return answerWith(MessageType::GiftCard, request,
                      m_services.giftCards.setBlocked(giftCardActor(), commandKey(request), command));
}

DeskSession::Answer DeskSession::getGiftCard(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OneGiftCard>(request));
    return answerWith(MessageType::GiftCard, request, m_services.giftCards.find(command.card));
}

DeskSession::Answer DeskSession::findGiftCards(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::FindGiftCards>(request));
    PT_CHECK(m_services.giftCards.checkPace(party(), m_peer->peerAddress()));
    PT_TRY(auto cards, m_services.giftCards.search(command.text, command.countMax));
    if (cards.empty() && readGiftCardCode(command.text))
        m_services.giftCards.guessedWrong(party(), m_peer->peerAddress());
    return protocol::reply(MessageType::GiftCards, *request.id, protocol::GiftCards{.cards = std::move(cards)});
}

} // namespace parterre::server
