// What a buyer gives back without the box office, while the performance says that they may: which tickets, and what comes back.

import {api} from "./api.js";
import {announce, h} from "./dom.js";
import {day, money, plural, timeWithZone, uuidV7} from "./format.js";

export const isSold = line => (line.state ?? "sold") === "sold";

/** What these lines bring back: what they cost, and with the last of the order its own fees. As `worthOf()` of the server. */
export function worth(order, chosen) {
    const left = order.lines.filter(isSold);
    const amount = left.filter(line => chosen.includes(line.number)).reduce((sum, line) => sum + (line.total ?? line.amount).amount, 0);
    const isAll = left.every(line => chosen.includes(line.number));
    return {amount: amount + (isAll && left.length ? order.fee?.amount ?? 0 : 0), currency: order.total.currency};
}

/** Until when, in the venue's words; null where never. */
export function refundableText(until, zone) {
    return until ? `${day(until, zone)}, ${timeWithZone(until, zone)}` : null;
}

/** Said before anybody pays. */
export function refundableHint(detail) {
    const {performance, refundable_until: until} = detail;
    if (!until || new Date(until) <= new Date())
        return null;
    return h("p.hint", {id: "refundable"}, `You may give tickets back until ${refundableText(until, performance.time_zone)}.`);
}

/** Which tickets of an order are meant: all that are left, until some are unchecked; `changed` is told. */
export class TicketChoice {
    constructor(order, changed) {
        this.element = h("fieldset.choices", {}, h("legend", {}, "Which tickets?"), order.lines.filter(isSold).map(line =>
            h("label.choice", {}, h("input", {type: "checkbox", name: "line", value: line.number, checked: true, onchange: changed}),
                h("span", {}, `${line.place_name} · ${line.price_type_name} · ${money(line.total ?? line.amount)}`))));
    }

    /** The numbers of the lines. */
    get chosen() {
        return [...this.element.querySelectorAll("input:checked")].map(input => Number(input.value));
    }

    focus() {
        this.element.querySelector("input").focus();
    }
}

export class GiveBackPanel {
    /** `changed` is called with the order as it is afterwards. */
    constructor(order, changed) {
        this.order = order;
        this.changed = changed;
        this.refund = uuidV7();
        this.key = uuidV7();
        this.message = h("div.message.warn", {role: "alert", hidden: true});
        this.sum = h("strong", {id: "give-back-sum"});
        this.confirm = h("button.button", {type: "submit", id: "give-back"}, "Give back");
        this.question = h("div", {hidden: true});
        this.choice = new TicketChoice(order, () => this.show());
        const until = refundableText(order.refundable_until, order.time_zone);
        this.form = h("form", {hidden: true, onsubmit: event => { event.preventDefault(); this.ask(); }},
            this.choice.element,
            h("p.give-back-total", {}, h("span", {}, "Comes back the way you paid"), this.sum),
            h("p.actions", {}, this.confirm));
        this.begin = h("button.link", {type: "button", id: "give-back-open", "aria-expanded": "false", onclick: () => this.toggle()}, "Give tickets back");
        this.element = h("section.after-sale.give-back", {"aria-label": "Give tickets back"},
            h("h2", {}, "Plans changed?"),
            h("p", {}, `You may give tickets back until ${until}. `, this.begin),
            this.message, this.form, this.question);
        this.show();
    }

    toggle() {
        this.form.hidden = !this.form.hidden;
        this.question.hidden = true;
        this.begin.setAttribute("aria-expanded", String(!this.form.hidden));
        if (!this.form.hidden)
            this.choice.focus();
    }

    show() {
        this.sum.textContent = money(worth(this.order, this.choice.chosen));
        this.confirm.disabled = this.choice.chosen.length === 0;
        this.confirm.textContent = this.choice.chosen.length ? `Give ${plural(this.choice.chosen.length, "ticket", "tickets")} back` : "Give back";
    }

    /** Once more in words, since void tickets do not come back. */
    ask() {
        const chosen = this.choice.chosen;
        const yes = h("button.button.confirm", {type: "button", id: "give-back-yes", onclick: () => this.send(chosen)}, "Yes, give back");
        this.form.hidden = true;
        this.question.hidden = false;
        this.question.replaceChildren(
            h("p", {}, `${plural(chosen.length, "ticket becomes", "tickets become")} void and the seats go on sale again. ${money(worth(this.order, chosen))} comes back to you.`),
            h("p.actions", {}, yes, h("button.link", {type: "button", onclick: () => this.toggle()}, "Keep them")));
        yes.focus();
    }

    async send(lines) {
        for (const button of this.question.querySelectorAll("button"))
            button.disabled = true;
        this.message.hidden = true;
        try {
            const order = await api.refundOrder(this.order.id, {refund: this.refund, lines}, this.key);
            announce("The tickets were given back.");
            await this.changed(order);
        } catch (problem) {
            if (problem.status !== 0) { // A refusal; where no answer came the same is asked again.
                this.refund = uuidV7();
                this.key = uuidV7();
            }
            this.message.textContent = problem.message;
            this.message.hidden = false;
            for (const button of this.question.querySelectorAll("button"))
                button.disabled = false;
        }
    }
}
