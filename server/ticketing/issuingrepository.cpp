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

std::vector<TicketId> issueAll(Transaction &transaction, const std::vector<NewTicket> &tickets, Instant notAfter,
                               Instant now, const Sign &sign)
{
    std::vector<TicketId> ids;
    ArrayLiteral idColumn;
    ArrayLiteral orders;
    ArrayLiteral lines;
    ArrayLiteral codes;
    ArrayLiteral humanCodes;
    ArrayLiteral names;
    ArrayLiteral emails;
    for (const NewTicket &ticket : tickets) {
        const TicketPayload payload{.ticket = TicketId::create(),
                                    .performance = shortPerformanceId(ticket.performance),
                                    .placeNumber = static_cast<quint32>(ticket.placeNumber),
                                    .isArea = ticket.isArea,
                                    .notAfter = notAfter};
        ids.push_back(payload.ticket);
        idColumn.add(payload.ticket);
        orders.add(ticket.order);
        lines.add(ticket.line);
        codes.add(sign(payload));
        humanCodes.add(newHumanCode());
        names.add(ticket.holderName);
        emails.add(ticket.holderEmail);
    }
    transaction.execute(
        "insert into ticket (id, order_id, line_no, state, code, human_code, issued_at, holder_name, "
        "holder_email) select n.id, n.order_id, n.line_no, 'valid', n.code, n.human_code, $8::timestamptz, n.name, "
        "n.email from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], "
        "$7::text[]) as n(id, order_id, line_no, code, human_code, name, email)",
        idColumn, orders, lines, codes, humanCodes, names, emails, now);
    return ids;
}

TicketId issue(Transaction &transaction, const NewTicket &ticket, Instant notAfter, Instant now, const Sign &sign)
{
    return issueAll(transaction, {ticket}, notAfter, now, sign).front();
}

} // namespace parterre::server::tickets
