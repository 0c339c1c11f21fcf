#include "api/desksession.h"

#include "aftersale/aftersaleservice.h"
#include "aftersale/cancellationservice.h"
#include "api/deskanswer.h"
#include "api/payinparts.h"
#include "catalog/catalogservice.h"
#include "checkout/checkoutservice.h"

/// What a desk may ask for after a sale. As in deskcommands.cpp, no rule lives here.
namespace parterre::server {

using namespace Qt::StringLiterals;
using protocol::Envelope;
using protocol::MessageType;

RefundActor DeskSession::actor() const
{
    return {.principal = m_principal.text,
            .right = m_principal.user ? refundRightOf(m_principal.user->role) : RefundRight::None};
}

DeskSession::Answer DeskSession::refundLines(const Envelope &request)
{
    PT_TRY(const auto command, read<RefundLines>(request));
    return answerWith(MessageType::Order, request, m_services.afterSale.refund(actor(), commandKey(request), command));
}

DeskSession::Answer DeskSession::payOut(const Envelope &request)
{
    PT_TRY(const auto command, read<PayOut>(request));
    return answerWith(MessageType::Order, request, m_services.afterSale.payOut(actor(), commandKey(request), command));
}

DeskSession::Answer DeskSession::askRefundAgain(const Envelope &request)
{
    PT_TRY(const auto command, read<AskRefundAgain>(request));
    return answerWith(MessageType::Order, request,
                      m_services.afterSale.askAgain(actor(), commandKey(request), command));
}

DeskSession::Answer DeskSession::listOpenRefunds(const Envelope &request)
{
    PT_TRY(auto repayments, m_services.afterSale.openRepayments());
    return protocol::reply(MessageType::OpenRefunds, *request.id,
                           protocol::OpenRefunds{.repayments = std::move(repayments)});
}

DeskSession::Answer DeskSession::cancelPerformance(const Envelope &request)
{
    PT_TRY(const auto command, read<CancelPerformance>(request));
    if (!m_principal.may(Permission::ChangePerformanceState))
        return refuse(ErrorCode::Forbidden, u"A manager must do this. Ask one to sign in."_s);
    const auto view = m_services.cancellations.cancel(commandKey(request), command);
    m_services.catalog.forgetRows();
    if (const auto performance = m_services.catalog.performance(command.performance, false); view && performance)
        m_hub.performanceChanged(performance->summary);
    return answerWith(MessageType::Cancellation, request, view);
}

DeskSession::Answer DeskSession::cancellationProgress(const Envelope &request)
{
    PT_TRY(const auto asked, read<protocol::OnePerformance>(request));
    return answerWith(MessageType::Cancellation, request, m_services.cancellations.progress(asked.performance));
}

DeskSession::Answer DeskSession::exchangeOrder(const Envelope &request)
{
    PT_TRY(const auto command, read<ExchangeOrder>(request));
    const auto exchange = [self = shared_from_this(), request, command, actor = actor(), party = party(),
                           key = commandKey(request)] {
        return answerWith(MessageType::Order, request,
                          exchangePlaces(self->m_services, actor, party, key, command, self->m_peer->peerAddress()));
    };
    return command.terminal ? answerLater(request, exchange) : exchange();
}

} // namespace parterre::server
