#include "api/desksession.h"

#include "api/deskanswer.h"
#include "checkout/checkoutservice.h"

/// What a supervisor may ask of payments that nobody else can end. As in deskcommands.cpp, no rule lives here.
namespace parterre::server {

using protocol::Envelope;
using protocol::MessageType;

DeskSession::Answer DeskSession::listPaymentsInDoubt(const Envelope &request)
{
    PT_CHECK(read<protocol::Nothing>(request));
    if (!m_principal.may(Permission::ResolvePayments))
        return askASupervisor();
    PT_TRY(auto found, m_services.checkout.paymentsInDoubt());
    return protocol::reply(MessageType::PaymentsInDoubt, *request.id,
                           protocol::PaymentsInDoubt{.payments = std::move(found)});
}

DeskSession::Answer DeskSession::resolvePayment(const Envelope &request)
{
    PT_TRY(const auto command, read<ResolvePayment>(request));
    if (!m_principal.may(Permission::ResolvePayments))
        return askASupervisor();
    const auto order = m_services.checkout.resolvePayment(commandKey(request), command);
    if (order && m_services.newsHaveCome) // The provider is asked whether it bears that out.
        m_services.newsHaveCome();
    return answerWith(MessageType::Order, request, order);
}

} // namespace parterre::server
