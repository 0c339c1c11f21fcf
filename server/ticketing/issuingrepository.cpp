#include "db/transaction.h"
#include "ticketing/issuing.h"

#include <QRandomGenerator>

namespace parterre::server::tickets {

using namespace Qt::StringLiterals;

namespace {

constexpr Seconds secondsGoodAfterStart{86'400};

/// Eight characters of Crockford's Base32, which has no I, L, O and U, as two groups: read out and typed without
/// mistakes. 40 random bits; the unique constraint refuses the one in a billion that is there already.
QString newHumanCode()
{
    static constexpr QLatin1StringView alphabet("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    quint64 random = QRandomGenerator::system()->generate64();
    QString code;
    for (int i = 0; i < 8; ++i) {
        code += alphabet.at(static_cast<qsizetype>(random % 32));
        random /= 32;
    }
    return code.left(4) + u'-' + code.right(4);
}

} // namespace

Instant goodUntil(Transaction &transaction, const PerformanceId &performance)
{
    const auto rows = transaction.query("select starts_at from performance where id = $1", performance);
    return std::chrono::time_point_cast<Seconds>(instant(rows[0]["starts_at"])) + secondsGoodAfterStart;
}

TicketId issue(Transaction &transaction, const NewTicket &ticket, Instant notAfter, Instant now, const Sign &sign)
{
    const TicketPayload payload{.ticket = TicketId::create(),
                                .performance = shortPerformanceId(ticket.performance),
                                .placeNumber = static_cast<quint32>(ticket.placeNumber),
                                .isArea = ticket.isArea,
                                .notAfter = notAfter};
    transaction.execute("insert into ticket (id, order_id, line_no, state, code, human_code, issued_at, holder_name, "
                        "holder_email) values ($1, $2, $3, 'valid', $4, $5, $6, $7, $8)",
                        payload.ticket, ticket.order, ticket.line, sign(payload), newHumanCode(), now,
                        ticket.holderName, ticket.holderEmail);
    return payload.ticket;
}

} // namespace parterre::server::tickets
