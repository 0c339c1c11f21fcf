// What became of an order: paid or not, and what was given back of it, when, and where the money is.

import {api} from "./api.js";
import {h} from "./dom.js";
import {day, money, plural, timeWithZone} from "./format.js";
import {save} from "./ordertickets.js";

const standings = {
    confirmed: ["Thank you", "You’re going"],
    partly_refunded: ["Changed", "You’re going, with fewer tickets"],
    refunded: ["Refunded", "This order was refunded"],
    exchanged: ["Exchanged", "These tickets were exchanged"],
    expired: ["Not paid", "This order is not paid"],
};

/** Whether there are tickets to show at the door. */
export const hasTickets = order => order.state === "confirmed" || order.state === "partly_refunded";
/** Whether its places went back, all of them. */
export const isGivenBack = order => order.state === "refunded" || order.state === "exchanged";

/** The small line and the heading of its page. */
export function standing(order) {
    const cancelled = order.state === "refunded" && order.refunds?.some(refund => refund.cause === "performance_cancelled");
    if (cancelled)
        return ["Cancelled", "This performance does not take place"];
    return standings[order.state] ?? standings.expired;
}

/** What stands under a line's name once its ticket opens no door any more. */
export function lineNote(line) {
    return {refunded: "Refunded · this ticket is void", exchanged: "Exchanged · this ticket is void"}[line.state] ?? null;
}

const methods = {card: "to your card", cash: "in cash", terminal: "to your card", gift_card: "to your gift card"};

/** Where one repayment is, as its owner may know it. */
function repaymentText(repayment) {
    const amount = money(repayment.amount);
    switch (repayment.state) {
    case "repaid":
        return `${amount} went back ${methods[repayment.method] ?? "by the way that it came"}.`
            + (["cash", "gift_card"].includes(repayment.method) ? "" : " Banks take up to ten days to show it.");
    case "paid_out":
        return `${amount} was paid out in cash.`;
    case "owed":
        return `${amount} is kept for you at the box office. Bring the number of your order.`;
    case "in_doubt":
        return `${amount} could not be sent back by itself. The box office sees to it; ask there with the number of your order.`;
    default:
        return `${amount} is on its way back ${methods[repayment.method] ?? ""}.`.replace(" .", ".");
    }
}

const causes = {desk: "Refunded", buyer: "Given back by you", performance_cancelled: "Performance cancelled", exchange: "Exchanged for other tickets"};

function refundItem(order, refund) {
    const places = order.lines.filter(line => refund.lines.includes(line.number)).map(line => line.place_name);
    const paid = refund.repayments.map(repayment => h("p", {}, repaymentText(repayment)));
    const nothing = refund.cause === "exchange" ? "What they had cost went into the new tickets." : "They had cost nothing.";
    return h("li.refund", {},
        h("p.refund-head", {}, h("strong", {}, causes[refund.cause] ?? causes.desk),
            h("time", {datetime: refund.at}, `${day(refund.at, order.time_zone)}, ${timeWithZone(refund.at, order.time_zone)}`)),
        h("p", {}, `${places.join("; ")}. ${places.length === 1 ? "Its ticket is" : "Their tickets are"} void.`),
        refund.reason ? h("p", {}, refund.reason) : null,
        ...(paid.length ? paid : [h("p", {}, nothing)]),
        refund.credit_note ? creditNote(order, refund) : null);
}

/** The paper of what was given back. */
function creditNote(order, refund) {
    const button = h("button.link.credit-note", {type: "button", onclick: async () => {
        button.disabled = true;
        try {
            save(await api.creditNote(order.id, refund.id), `${refund.credit_note}.pdf`);
        } catch (problem) {
            button.after(h("p.field-error", {role: "alert"}, problem.message));
        } finally {
            button.disabled = false;
        }
    }}, `Credit note ${refund.credit_note} (PDF)`);
    return h("p", {}, button);
}

/** All that was given back, the oldest first; null where nothing was. */
export function refundsSection(order) {
    if (!order.refunds?.length)
        return null;
    return h("section.refunds", {id: "refunds", "aria-label": "What changed"},
        h("h2", {}, "What changed"),
        h("ul", {}, order.refunds.map(refund => refundItem(order, refund))));
}

/** What the order comes to now: the places that are left, and what they cost. */
export function totalLine(order) {
    const left = order.lines.filter(line => (line.state ?? "sold") === "sold");
    if (left.length === order.lines.length || isGivenBack(order) || !hasTickets(order))
        return h("p.total", {}, h("span", {}, plural(order.lines.length, "ticket", "tickets")), h("strong", {}, money(order.total)));
    const back = order.refunds.reduce((all, refund) => all + refund.amount.amount, 0);
    const amount = {amount: order.total.amount - back, currency: order.total.currency};
    return h("p.total", {}, h("span", {}, `${plural(left.length, "ticket", "tickets")} left of ${order.lines.length}, paid ${money(order.total)}`),
        h("strong", {}, money(amount)));
}
