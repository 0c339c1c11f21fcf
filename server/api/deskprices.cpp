#include "api/desksession.h"

#include "api/deskanswer.h"
#include "checkout/checkoutservice.h"
#include "receipts/receiptservice.h"

/// What a desk may ask about prices and their papers. As in deskcommands.cpp, no rule lives here.
namespace parterre::server {

using namespace Qt::StringLiterals;
using protocol::Envelope;
using protocol::MessageType;

DeskSession::Answer DeskSession::askQuote(const Envelope &request)
{
    PT_TRY(const auto question, read<AskQuote>(request));
    PT_TRY(const OrderQuote quote, m_services.checkout.quote(party(), question));
    return protocol::reply(MessageType::Quote, *request.id, quote);
}

DeskSession::Answer DeskSession::getReceipt(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OneOrder>(request));
    PT_TRY(const ReceiptDocument document, receiptOf(m_services.database, command.order, visibleOwner()));
    return protocol::reply(
        MessageType::Document, *request.id,
        protocol::Document{.fileName = document.fileName, .contentType = u"application/pdf"_s, .bytes = document.pdf});
}

DeskSession::Answer DeskSession::getCreditNote(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OneRefund>(request));
    PT_TRY(const ReceiptDocument document, creditNoteOf(m_services.database, command.refund, visibleOwner()));
    return protocol::reply(
        MessageType::Document, *request.id,
        protocol::Document{.fileName = document.fileName, .contentType = u"application/pdf"_s, .bytes = document.pdf});
}

DeskSession::Answer DeskSession::approve(const Envelope &request)
{
    PT_TRY(const auto command, read<Approve>(request));
    // A sign-in like any other, so that guesses are counted and slowed down; it is not kept.
    PT_TRY(const StaffSession session,
           m_services.identity.signIn(command.user, command.password, m_peer->peerAddress()));
    PT_CHECK(m_services.identity.signOut(session.token));
    if (session.user.mustChangePassword || !may(session.user.role, Permission::OverridePrices)) {
        return refuse(ErrorCode::Forbidden,
                      u"%1 may not approve of prices. A supervisor or a manager may."_s.arg(session.user.displayName));
    }
    PT_TRY(const Approval approval, m_services.checkout.approve(session.user, m_principal.text));
    return protocol::reply(MessageType::Approval, *request.id, approval);
}

DeskSession::Answer DeskSession::listOverrides(const Envelope &request)
{
    PT_TRY(const auto command, read<protocol::OverridesOf>(request));
    if (!m_principal.may(Permission::OverridePrices))
        return askASupervisor();
    PT_TRY(auto found, m_services.checkout.overrides(command.performance, command.countMax));
    return protocol::reply(MessageType::Overrides, *request.id, protocol::Overrides{.overrides = std::move(found)});
}

} // namespace parterre::server
