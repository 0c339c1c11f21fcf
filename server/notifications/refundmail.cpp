#include "notifications/refundmail.h"

#include "notifications/ticketmail.h"
#include "ticketing/sheettext.h"

#include <numeric>

namespace parterre::server {

using namespace Qt::StringLiterals;

namespace {

/// What one row of the card says.
struct PlaceBack
{
    QString what;
    QString details{};
    QString amount;
};

QString eveningOf(const TicketSheet &sheet)
{
    return u"%1, %2"_s.arg(sheet.eventTitle, dateText(sheet));
}

QString asSentence(const QString &words)
{
    const QString said = words.simplified();
    return said.endsWith(u'.') || said.endsWith(u'!') || said.endsWith(u'?') ? said : said + u'.';
}

QString doesNotTakePlace()
{
    return u"Does not take place"_s;
}

/// Why an evening does not take place, as whoever cancelled it has said.
QString regretText(const QString &reason)
{
    const QString regret = u"We are sorry: this performance does not take place."_s;
    return reason.simplified().isEmpty() ? regret : regret + u" The reason: "_s + asSentence(reason);
}

QString cardText(const RepaymentView &repayment, const QString &amount)
{
    switch (repayment.state) {
    case RepaymentState::Repaid:
        return u"%1 was sent back to the card that paid. Banks take up to ten days to show it."_s.arg(amount);
    case RepaymentState::Created:
        return u"%1 goes back to the card that paid. The card's bank has not confirmed it yet; we keep asking, and you "
               "need not do anything."_s.arg(amount);
    default:
        return u"%1 could not be sent back to the card that paid. The box office keeps it for you: please ask there."_s
            .arg(amount);
    }
}

QString wayText(const RepaymentView &repayment, const RefundSheet &sheet)
{
    const QString amount = priceText(repayment.amount);
    if (repayment.state == RepaymentState::PaidOut)
        return u"%1 was paid to you in cash at the box office."_s.arg(amount);
    switch (repayment.method) {
    case PaymentMethod::Cash:
        return repayment.state == RepaymentState::Owed
                   ? u"%1 waits for you at the box office, in cash. Bring this mail or your ticket."_s.arg(amount)
                   : u"%1 was given to you in cash at the box office."_s.arg(amount);
    case PaymentMethod::Card:
    case PaymentMethod::Terminal:
        return cardText(repayment, amount);
    case PaymentMethod::GiftCard: {
        const auto card = sheet.giftCards.find(repayment.id);
        return card == sheet.giftCards.end()
                   ? u"%1 is back on the gift card that paid."_s.arg(amount)
                   : u"%1 is back on the gift card that ends in %2."_s.arg(amount, card->second);
    }
    }
    return {};
}

/// What becomes of the money, a sentence for each way that it goes.
QStringList moneyTexts(const RefundSheet &sheet)
{
    const RefundView &refund = sheet.refund;
    QStringList texts;
    Money told(0, refund.amount.currency());
    if (sheet.exchangedFor && !sheet.exchangedFor->amount.isZero()) {
        told += sheet.exchangedFor->amount;
        texts << u"%1 pays for the places of order %2."_s.arg(priceText(sheet.exchangedFor->amount),
                                                              sheet.exchangedFor->orderNumber);
    }
    for (const RepaymentView &repayment : refund.repayments) {
        told += repayment.amount;
        texts << wayText(repayment, sheet);
    }
    if (refund.amount.isZero())
        texts << u"No money goes back, since this had cost nothing."_s;
    else if (told != refund.amount)
        texts << u"Cash is rounded to whole coins."_s;
    return texts;
}

bool isEveningLeft(const RefundSheet &sheet)
{
    return !sheet.order.isCancelled && !sheet.order.sheet.tickets.empty();
}

/// Nothing where nothing is left.
QString keptText(const RefundSheet &sheet)
{
    if (!isEveningLeft(sheet))
        return {};
    QStringList places;
    for (const PrintedTicket &ticket : sheet.order.sheet.tickets)
        places << ticket.placeName.simplified();
    return u"You keep %1. Your %2 as good as before."_s.arg(
        places.join(u"; "_s), places.size() == 1 ? u"code for it is"_s : u"codes for them are"_s);
}

std::vector<PlaceBack> placesBack(const RefundSheet &sheet)
{
    std::vector<PlaceBack> places;
    for (const OrderLine &line : sheet.note.order.lines) {
        const auto holder = sheet.passedOn.find(line.number);
        const QString passedOn = holder == sheet.passedOn.end() ? QString()
                                 : holder->second.isEmpty()     ? u"passed on"_s
                                                                : u"passed on to "_s + holder->second.simplified();
        places.push_back({.what = line.placeName.simplified(),
                          .details = dotted({line.priceTypeName.simplified(), line.zoneName.simplified(), passedOn}),
                          .amount = priceText(line.total)});
    }
    for (const FeeSum &fee : sheet.note.orderFees)
        places.push_back({.what = fee.name.simplified(), .amount = priceText(fee.amount)});
    return places;
}

QString paragraphHtml(const QString &text)
{
    return u"<p class=\"ink\" style=\"margin:8px 0 0 0;font-size:16px;line-height:24px;color:#171b2e\">%1</p>"_s.arg(
        asHtml(text));
}

QString refundHtml(const RefundSheet &sheet, const QString &sumName)
{
    QString places;
    for (const PlaceBack &place : placesBack(sheet))
        places += filledTemplate(u"placeback.html"_s, {{u"what"_s, asHtml(place.what)},
                                                       {u"details"_s, asHtml(place.details)},
                                                       {u"amount"_s, asHtml(place.amount)}});
    QString words;
    for (const QString &text : moneyTexts(sheet))
        words += paragraphHtml(text);
    if (const QString kept = keptText(sheet); !kept.isEmpty())
        words += paragraphHtml(kept);
    return filledTemplate(u"refund.html"_s, {{u"places"_s, places},
                                             {u"sum_name"_s, asHtml(sumName)},
                                             {u"sum"_s, asHtml(priceText(sheet.refund.amount))},
                                             {u"words"_s, words}});
}

QStringList refundLines(const RefundSheet &sheet, const QString &sumName)
{
    QStringList lines;
    for (const PlaceBack &place : placesBack(sheet))
        lines << place.what << u"  "_s + dotted({place.details, place.amount});
    lines << sumName + u": "_s + priceText(sheet.refund.amount) << QString() << moneyTexts(sheet) << QString();
    if (const QString kept = keptText(sheet); !kept.isEmpty())
        lines << kept << QString();
    return lines;
}

/// In an order of its own, whose mail brings the new tickets where it goes to the same address.
QString exchangedText(const RefundSheet &sheet, bool isOne)
{
    const QString what = isOne ? u"You have exchanged this place for "_s : u"You have exchanged these places for "_s;
    if (!sheet.exchangedFor)
        return what + u"others."_s;
    const QString text = u"%1those of order %2."_s.arg(what, sheet.exchangedFor->orderNumber);
    return sheet.exchangedFor->buyerEmail == sheet.order.buyerEmail
               ? text + u" The new tickets come in a mail of their own."_s
               : text;
}

/// Subject, status and message, by why the places went back.
MailWords refundWording(const RefundSheet &sheet)
{
    const QString evening = eveningOf(sheet.order.sheet);
    const auto count = sheet.refund.lines.size();
    const bool isOne = count == 1;
    const QString counted = isOne ? u"1 ticket "_s : u"%1 tickets "_s.arg(count);
    const QString voided = isOne ? u"Your ticket for it is void and opens no door any more."_s
                                 : u"Your tickets for them are void and open no door any more."_s;
    const QString places = isOne ? u"this place"_s : u"these places"_s;
    switch (sheet.refund.cause) {
    case RefundCause::PerformanceCancelled:
        return {.subject = u"Cancelled: "_s + evening,
                .status = doesNotTakePlace(),
                .message = u"%1 %2 void."_s.arg(regretText(sheet.refund.reason),
                                                isOne ? u"Your ticket is"_s : u"Your tickets are"_s)};
    case RefundCause::Exchange:
        return {.subject = u"Exchanged: "_s + evening,
                .status = counted + u"exchanged"_s,
                .message = exchangedText(sheet, isOne) + u' ' + voided};
    case RefundCause::Buyer:
        return {.subject = u"Given back: "_s + evening,
                .status = counted + u"given back"_s,
                .message = u"You have given back %1. %2"_s.arg(places, voided)};
    case RefundCause::Desk:
        return {.subject = u"Given back: "_s + evening,
                .status = counted + u"given back"_s,
                .message = u"The box office has taken back %1. %2"_s.arg(places, voided)};
    }
    return {};
}

QString voidedHtml(const PrintedTicket &ticket)
{
    return filledTemplate(u"voided.html"_s,
                          {{u"parts"_s, placeHtml(ticket.placeName)}, {u"code"_s, asHtml(ticket.humanCode)}});
}

/// Subject, status and message, by why the tickets are void.
MailWords voidedWording(const VoidedSheet &sheet)
{
    const TicketSheet &printed = sheet.order.sheet;
    const bool isOne = printed.tickets.size() == 1;
    const QString evening = eveningOf(printed);
    const QString buyer = printed.buyerName.simplified().isEmpty() ? u"the buyer"_s : printed.buyerName.simplified();
    const QString passed =
        (isOne ? u"The ticket that %1 passed on to you %2"_s : u"The tickets that %1 passed on to you %2"_s).arg(buyer);
    if (sheet.cause == RefundCause::PerformanceCancelled)
        return {.subject = u"Cancelled: "_s + evening,
                .status = doesNotTakePlace(),
                .message = u"%1 %2 The money goes back to whoever paid."_s.arg(
                    regretText(sheet.reason), passed.arg(isOne ? u"is void."_s : u"are void."_s))};
    const QString what = !sheet.cause ? u"is somebody else's now"_s // One at a time.
                         : sheet.cause == RefundCause::Exchange
                             ? (isOne ? u"was exchanged for another place"_s : u"were exchanged for other places"_s)
                             : (isOne ? u"was given back"_s : u"were given back"_s);
    return {.subject = u"%1 void: %2"_s.arg(isOne ? u"Your ticket is"_s : u"Your tickets are"_s, evening),
            .status = u"Void"_s,
            .message = u"%1. %2 any more. If you did not know of it, please ask %3."_s.arg(
                passed.arg(what), isOne ? u"It is void and opens no door"_s : u"They are void and open no door"_s,
                sheet.cause ? buyer + u" or the box office"_s : u"the box office"_s)};
}

} // namespace

MailMessage refundMail(const MailHead &head, const RefundSheet &sheet, const QString &orderUrl)
{
    MailWords words = refundWording(sheet);
    const QString sumName = sheet.refund.cause == RefundCause::Exchange ? u"Worth"_s : u"You get back"_s;
    words.withDoors = isEveningLeft(sheet);
    words.rows = refundHtml(sheet, sumName);
    words.lines = refundLines(sheet, sumName);
    words.links = {{.url = orderUrl, .button = u"Open your order"_s, .name = u"Your order"_s}};
    const QString calendar = isEveningLeft(sheet) ? u"the evening for your calendar, as it is now"_s
                                                  : u"a file that takes the evening out of your calendar"_s;
    words.attached = sheet.note.number.isEmpty()
                         ? u"Attached: %1."_s.arg(calendar)
                         : u"Attached: credit note %1 as PDF, and %2."_s.arg(sheet.note.number, calendar);
    MailMessage message = framedMail(head, sheet.order.sheet, words);
    tickets::OrderSheet evening = sheet.order;
    evening.isCancelled = !isEveningLeft(sheet);
    message.attachments.push_back(calendarAttachment(ticketCalendar(evening, orderUrl, false), message.from,
                                                     sheet.order.sheet.orderNumber + u".ics"_s));
    return message;
}

MailMessage voidedMail(const MailHead &head, const VoidedSheet &sheet, const QString &shopUrl)
{
    const TicketSheet &printed = sheet.order.sheet;
    MailWords words = voidedWording(sheet);
    words.withDoors = false;
    words.links = {{.url = shopUrl, .button = u"See what is on"_s, .name = u"What is on"_s}};
    words.attached = u"Attached: a file that takes the evening out of your calendar."_s;
    for (const PrintedTicket &ticket : printed.tickets) {
        words.rows += voidedHtml(ticket);
        words.lines << ticket.placeName.simplified() << u"  Void ticket code: "_s + ticket.humanCode << QString();
    }
    MailMessage message = framedMail(head, printed, words);
    // Each ticket came with an entry of its own.
    for (const PrintedTicket &ticket : printed.tickets) {
        tickets::OrderSheet one = sheet.order;
        one.isCancelled = true;
        one.sheet.tickets = {ticket};
        message.attachments.push_back(calendarAttachment(ticketCalendar(one, {}, true), message.from,
                                                         u"%1-%2.ics"_s.arg(printed.orderNumber).arg(ticket.line)));
    }
    return message;
}

} // namespace parterre::server
