// Tickets for other tickets, without the box office, while the performance says that a buyer may: which go back is chosen on the
// page of their order, the new ones as any others are, and the checkout settles both in one step.

import {api} from "./api.js";
import {h, store} from "./dom.js";
import {day, money, timeWithZone} from "./format.js";
import {isSold, refundableText, TicketChoice, worth} from "./giveback.js";

const memory = "exchange";

/** What this visitor is exchanging, while that is theirs to decide: `{order, number, lines, places, worth, buyer, until}`, or null. */
export function exchanging() {
    const kept = store.get(memory);
    return kept && new Date(kept.until) > new Date() ? kept : null;
}

export function begin(order, lines) {
    const given = order.lines.filter(line => lines.includes(line.number));
    store.set(memory, {order: order.id, number: order.number, lines, places: given.map(line => line.place_name), worth: worth(order, lines),
        buyer: {name: order.buyer.name, email: order.buyer.email}, until: order.refundable_until});
}

export const stop = () => store.remove(memory);

/** What the old tickets pay of a total, what is due for the rest, and what comes back of them. */
export function settlementOf(exchange, total) {
    const {currency} = total;
    const credit = Math.min(exchange.worth.amount, total.amount);
    return {credit: {amount: credit, currency}, due: {amount: total.amount - credit, currency}, back: {amount: exchange.worth.amount - credit, currency}};
}

/** The rows under a total: `[label, money]`. */
export function settlementRows(exchange, total) {
    const {credit, due, back} = settlementOf(exchange, total);
    return [[`Your old ${exchange.lines.length === 1 ? "ticket" : "tickets"}`, {...credit, amount: -credit.amount}],
        back.amount ? ["Comes back the way you paid", back] : ["Left to pay", due]];
}

/** Said wherever new places are chosen and paid; `left` is called where the visitor keeps the old tickets instead. */
export function exchangeNote(left) {
    const exchange = exchanging();
    if (!exchange)
        return null;
    const note = h("div.message.info.exchange-note", {id: "exchanging"},
        h("p", {}, `You are exchanging ${exchange.places.join("; ")} of order ${exchange.number}. Choose the new places; the old tickets are good until you confirm.`),
        h("button.link", {type: "button", id: "keep-old", onclick: () => { stop(); note.remove(); left?.(); }}, "Keep the old tickets"));
    return note;
}

export class ExchangePanel {
    constructor(order) {
        this.order = order;
        this.choice = new TicketChoice(order, () => this.show());
        this.sum = h("strong", {id: "exchange-sum"});
        this.list = h("select", {id: "exchange-for", required: true});
        this.message = h("div.message.warn", {role: "alert", hidden: true});
        this.next = h("button.button", {type: "submit", id: "exchange"}, "Choose the new places");
        this.form = h("form", {hidden: true, onsubmit: event => { event.preventDefault(); this.go(); }},
            this.choice.element,
            h("div.field", {}, h("label", {for: "exchange-for"}, "New tickets for"), this.list),
            h("p.give-back-total", {}, h("span", {}, "Counts towards the new tickets"), this.sum),
            h("p.actions", {}, this.next));
        this.open = h("button.link", {type: "button", id: "exchange-open", "aria-expanded": "false", onclick: () => this.toggle()}, "Exchange tickets");
        this.element = h("section.after-sale", {"aria-label": "Exchange tickets"},
            h("h2", {}, "Other seats, or another evening?"),
            h("p", {}, `You may exchange tickets until ${refundableText(order.refundable_until, order.time_zone)}. What the new ones cost more is paid, what they cost less comes back. `, this.open),
            this.message, this.form);
        this.show();
    }

    async toggle() {
        this.form.hidden = !this.form.hidden;
        this.open.setAttribute("aria-expanded", String(!this.form.hidden));
        if (this.form.hidden)
            return;
        this.choice.focus();
        await this.load();
    }

    /** What is on sale in the order's currency, its own performance first. */
    async load() {
        this.message.hidden = true;
        try {
            const mine = each => each.id === this.order.performance;
            const found = (await api.performances()).filter(each => each.state === "on_sale" && each.currency === this.order.total.currency)
                .sort((a, b) => Number(mine(b)) - Number(mine(a)) || a.starts_at.localeCompare(b.starts_at));
            this.list.replaceChildren(...found.map(each => h("option", {value: each.id},
                `${each.event} · ${day(each.starts_at, each.time_zone)}, ${timeWithZone(each.starts_at, each.time_zone)}${mine(each) ? " (other seats)" : ""}`)));
            this.show();
            if (!found.length)
                this.fault("Nothing is on sale just now that these tickets could be exchanged for.");
        } catch (problem) {
            this.fault(problem.message);
        }
    }

    fault(text) {
        this.message.textContent = text;
        this.message.hidden = false;
    }

    show() {
        const chosen = this.choice.chosen;
        this.sum.textContent = money(worth(this.order, chosen));
        this.next.disabled = !chosen.length || !this.list.options.length;
    }

    go() {
        begin(this.order, this.choice.chosen);
        location.hash = `#/p/${this.list.value}`;
    }
}

/** Whether the order's buyer may still do so. */
export const mayExchange = order => order.refundable_until && new Date(order.refundable_until) > new Date() && order.lines.some(isSold);

/** What the page of an order says of the one that it was exchanged from: `[label, money]`. */
export function creditRows(order) {
    const from = order.exchanged_from;
    return from ? [[`From your old tickets (order ${from.number})`, {...from.credit, amount: -from.credit.amount}]] : [];
}
