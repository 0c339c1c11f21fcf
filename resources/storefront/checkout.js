// From held seats to tickets: who comes, who pays, and the confirmation. The ids of order and payment are kept before
// they are sent; as long as nothing in them changed, the same ids are used again (design D5).

import {api, orderKeys} from "./api.js";
import {Basket} from "./basket.js";
import {announce, h, store} from "./dom.js";
import {creditRows, exchangeNote, ExchangePanel, exchanging, mayExchange, settlementOf, settlementRows, stop} from "./exchange.js";
import {countdown, day, money, timeWithZone, uuidV7} from "./format.js";
import {GiftCards} from "./giftcard.js";
import {endedText, HelpPanel} from "./handover.js";
import {GiveBackPanel, refundableHint} from "./giveback.js";
import {hasTickets, isGivenBack, lineNote, refundsSection, standing, totalLine} from "./orderstanding.js";
import {OrderTicketsPanel, save} from "./ordertickets.js";
import {costRows, taxRows} from "./prices.js";
import {zonesOf} from "./seats.js";

const pollSeconds = 1.5;
const tenderNames = {
    gift_card: tender => `Paid by gift card ···· ${tender.last_four}`,
    card: () => "Paid by card",
    terminal: () => "Paid by card",
    cash: () => "Paid in cash",
};
const testCards = [
    ["pm_card_visa", "Visa •••• 4242", "Test card: accepted"],
    ["pm_card_visa_chargeDeclined", "Visa •••• 0002", "Test card: declined"],
    ["pm_card_visa_chargeDeclinedInsufficientFunds", "Visa •••• 9995", "Test card: insufficient funds"],
    ["pm_card_authenticationRequired", "Visa •••• 3184", "Test card: its bank asks you first (Stripe only)"],
];

/** The sentence to show under a field, or null; the server's checkEmail() has the last word. */
function faultOf(name, value) {
    if (name === "name" && !value.trim())
        return "Type the name that the tickets are for.";
    if (name === "email" && !/^[^@\s]+@[^@\s]+$/.test(value.trim()))
        return "Type an e-mail address such as name@example.org.";
    return null;
}

/** Rows with a name and an amount, such as the fees under the tickets. */
const rowsOf = (rows, kind) => rows.map(([name, amount]) => h(`p.cost${kind}`, {}, h("span", {}, name), h("span", {}, money(amount))));

/** One entry a seat and one a standing place, so that each can have its own price type. */
function entriesOf(places) {
    return places.flatMap(place => Array.from({length: place.quantity}, (_, i) => ({place, id: `${place.key}#${i}`})));
}

class CheckoutPage {
    constructor(main, detail, basket) {
        Object.assign(this, {main, detail, basket});
        this.zones = zonesOf(detail);
        this.memory = `checkout.${basket.view.id}`;
        this.exchange = exchanging();
        this.kept = store.get(this.memory) ?? {types: {}, buyer: {...this.exchange?.buyer ?? {name: "", email: ""}}, card: testCards[0][0]};
    }

    keep() {
        store.set(this.memory, this.kept);
    }

    pricesOf(place) {
        return this.zones.get(place.category)?.prices ?? [];
    }

    chosen(entry) {
        const prices = this.pricesOf(entry.place);
        return prices.find(price => price.type.id === this.kept.types[entry.id]) ?? prices[0];
    }

    lines() {
        return entriesOf(this.basket.places).map(entry => ({place: entry.place.key, price_type: this.chosen(entry)?.type.id, quantity: 1}));
    }

    /** Asks what the order would cost; nothing can be paid before the answer to the last question is on the page. */
    async ask() {
        const asked = this.asked = Symbol("question");
        this.button.disabled = true;
        this.quote = null;
        const body = {hold: this.basket.view.id, lines: this.lines(), ...(this.kept.promotion ? {promotion: this.kept.promotion} : {})};
        try {
            const quote = await api.quote(body);
            if (asked === this.asked)
                this.show(quote);
        } catch (problem) {
            if (asked !== this.asked)
                return;
            this.button.disabled = false; // Pressing it asks again.
            this.refused(problem);
        }
    }

    show(quote) {
        this.quote = quote;
        this.costs.replaceChildren(...rowsOf(costRows(quote), ""),
            h("p.total", {}, h("span", {}, "Total"), h("strong", {id: "total"}, money(quote.total))), ...rowsOf(taxRows(quote), ".tax"),
            ...(this.exchange ? rowsOf(settlementRows(this.exchange, quote.total), ".settlement") : []));
        this.giftCards.show(this.due);
        this.showRest();
        this.button.disabled = Boolean(this.paying);
        this.codeDone.textContent = quote.promotion ? `Applied: ${quote.promotion}` : "";
    }

    /** What is to be paid: of an exchange what the old tickets leave. */
    get due() {
        return this.exchange ? settlementOf(this.exchange, this.quote.total).due : this.quote.total;
    }

    /** What the gift cards leave is what the button says, and what the card is charged. */
    showRest() {
        const {shares, rest} = this.giftCards.shares();
        this.rest.replaceChildren(...(shares.length ? [h("p.total", {}, h("span", {}, "Left to pay by card"), h("strong", {id: "rest"}, money(rest)))] : []));
        this.payment.hidden = Boolean(this.exchange) && !this.due.amount;
        this.cardChoices.hidden = shares.length > 0 && !rest.amount;
        this.button.textContent = !this.due.amount ? this.exchange ? "Exchange" : "Confirm the order"
            : !rest.amount ? "Pay with gift cards" : shares.length ? `Pay ${money(rest)} by card` : `Pay ${money(rest)}`;
    }

    giftCardsChanged() {
        this.keep();
        if (this.quote)
            this.show(this.quote);
    }

    /** A code that is typed counts from when it is applied; an empty one takes it away. */
    applyCode() {
        this.kept.promotion = this.code.value.trim().toUpperCase() || null;
        this.codeFault(null);
        this.keep();
        return this.ask();
    }

    codeFault(text) {
        this.codeError.textContent = text ?? "";
        this.codeError.hidden = !text;
        this.code.setAttribute("aria-invalid", String(Boolean(text)));
        if (text)
            this.codeDone.textContent = "";
    }

    codeField() {
        this.code = h("input", {id: "promotion", name: "promotion", type: "text", autocomplete: "off", maxlength: 40, value: this.kept.promotion ?? "",
            "aria-describedby": "promotion-error promotion-done",
            onkeydown: event => { if (event.key === "Enter") { event.preventDefault(); this.applyCode(); } }});
        this.codeError = h("p.field-error", {id: "promotion-error", hidden: true});
        this.codeDone = h("p.code-done", {id: "promotion-done", role: "status"});
        return h("div.field", {}, h("label", {for: "promotion"}, "Promotion code (optional)"),
            h("div.code-row", {}, this.code, h("button.button", {type: "button", id: "apply-code", onclick: () => this.applyCode()}, "Apply")),
            this.codeError, this.codeDone);
    }

    build() {
        const p = this.detail.performance;
        this.message = h("div.message", {role: "alert", hidden: true});
        this.clock = h("span.clock", {role: "timer"});
        this.costs = h("div.costs", {"aria-live": "polite"});
        this.giftCards = new GiftCards(this.kept, () => this.giftCardsChanged());
        this.rest = h("div.costs", {"aria-live": "polite"});
        this.help = new HelpPanel(this.basket, () => this.ended());
        this.button = h("button.primary.wide-button", {type: "submit", id: "pay", disabled: true}, "Pay");
        this.main.replaceChildren(h("section.page.narrow", {},
            h("a.back", {href: `#/p/${p.id}`}, "← Back to the seats"),
            h("h1", {}, this.exchange ? "Exchange" : "Checkout"),
            h("p.when", {}, `${p.event} · ${day(p.starts_at, p.time_zone)}, ${timeWithZone(p.starts_at, p.time_zone)}`),
            h("p.kept", {}, "Kept for you for ", this.clock, " ", h("button.link", {type: "button", onclick: () => this.renew()}, "More time")),
            exchangeNote(() => this.keepOld()),
            this.message,
            h("form", {novalidate: true, onsubmit: event => { event.preventDefault(); this.pay(); }},
                h("fieldset", {}, h("legend", {}, "Tickets"), h("ul.lines", {}, entriesOf(this.basket.places).map(entry => this.line(entry))),
                    this.codeField(), this.costs),
                h("fieldset", {}, h("legend", {}, "Your details"),
                    this.field("name", "Name", "text", "name"), this.field("email", "E-mail", "email", "email")),
                this.payment = h("fieldset", {}, h("legend", {}, "Payment"),
                    this.giftCards.element, this.rest,
                    this.cardChoices = h("div", {}, h("p.test-note", {}, "Test cards: no money moves."),
                        testCards.map(([token, number, label]) => this.cardChoice(token, number, label)))),
                this.button),
            this.help.element));
    }

    /** The new places are bought instead. */
    keepOld() {
        this.exchange = null;
        this.help.close();
        this.build();
        this.ask();
        this.tick();
    }

    line(entry) {
        const id = `type-${entry.id}`;
        const select = h("select", {id, onchange: event => {
            this.kept.types[entry.id] = event.target.value;
            this.keep();
            this.ask();
        }}, this.pricesOf(entry.place).map(price => h("option", {value: price.type.id, selected: price === this.chosen(entry)},
            `${price.type.name} – ${money(price.amount)}`)));
        return h("li", {}, h("label.line-name", {for: id}, entry.place.name, h("small", {}, this.zones.get(entry.place.category)?.name ?? "")), select);
    }

    field(name, label, type, autocomplete) {
        const error = h("p.field-error", {id: `${name}-error`, hidden: true});
        const input = h("input", {id: name, name, type, autocomplete, required: true, value: this.kept.buyer[name],
            maxlength: name === "email" ? 254 : 200, "aria-describedby": `${name}-error`,
            oninput: () => { this.kept.buyer[name] = input.value; this.keep(); if (!error.hidden) this.check(name); },
            onblur: () => { if (input.value) this.check(name); }});
        return h("div.field", {}, h("label", {for: name}, label), input, error);
    }

    check(name, fault = faultOf(name, this.kept.buyer[name])) {
        const error = document.getElementById(`${name}-error`);
        error.textContent = fault ?? "";
        error.hidden = !fault;
        document.getElementById(name).setAttribute("aria-invalid", String(Boolean(fault)));
        return !fault;
    }

    cardChoice(token, number, label) {
        return h("label.card-choice", {},
            h("input", {type: "radio", name: "card", value: token, checked: this.kept.card === token,
                onchange: () => { this.kept.card = token; this.keep(); }}),
            h("span", {}, number, h("small", {}, label)));
    }

    say(text, kind = "warn") {
        this.message.textContent = text ?? "";
        this.message.className = `message ${kind}`;
        this.message.hidden = !text;
        if (text)
            this.message.scrollIntoView({block: "nearest"});
    }

    async renew() {
        try {
            await this.basket.renew();
            announce(`Your seats are kept for ${countdown(this.basket.secondsLeft)} minutes.`);
        } catch (problem) {
            this.refused(problem);
        }
    }

    orderRequest() {
        const body = {
            hold: this.basket.view.id,
            lines: this.lines(),
            ...(this.kept.promotion ? {promotion: this.kept.promotion} : {}),
            buyer: {name: this.kept.buyer.name.trim(), email: this.kept.buyer.email.trim()},
        };
        const print = JSON.stringify(body);
        if (this.kept.orderPrint !== print)
            Object.assign(this.kept, {orderPrint: print, order: uuidV7(), payment: null});
        this.keep();
        return {order: this.kept.order, ...body};
    }

    /** Of an exchange with what is given back, so that the same question can be asked again after the bank. */
    paymentRequest() {
        const giftCards = this.giftCards.tenders();
        const card = this.exchange ? this.giftCards.shares().rest.amount : this.giftCards.shares().rest.amount || !giftCards.length;
        const asked = {...(this.exchange ? {from: this.exchange.order, lines: this.exchange.lines} : {}),
            ...(card ? {card_token: this.kept.card} : {}), ...(giftCards.length ? {gift_cards: giftCards} : {})};
        const {payment = null, refund, ...sent} = this.kept.payment ?? {};
        if (!payment || JSON.stringify(sent) !== JSON.stringify(asked))
            this.kept.payment = {payment: uuidV7(), refund: uuidV7(), ...asked};
        this.keep();
        return this.kept.payment;
    }

    async pay() {
        const typed = this.code.value.trim().toUpperCase();
        if (typed !== (this.kept.promotion ?? "") && typed !== this.refusedCode)
            return this.applyCode(); // It was typed and not applied: the sum on the button is without it.
        if (!this.quote)
            return this.ask();
        if (this.giftCards.isTyped)
            return this.giftCards.add(); // It was typed and not used: the sum on the button is without it.
        const good = ["name", "email"].map(name => this.check(name));
        if (good.includes(false)) {
            document.getElementById(good[0] ? "email" : "name").focus();
            return;
        }
        this.button.disabled = true;
        this.say("Paying… please keep this page open.", "info");
        this.paying = true;
        try {
            const request = this.orderRequest();
            const order = await api.createOrder(request, request.order);
            if (order.state === "open" && order.total.amount !== this.quote?.total.amount) {
                await this.ask(); // Nobody pays another sum than the one that was on the button.
                this.say(`The total is ${money(order.total)} now. Please look at it and press again.`);
                return;
            }
            const paid = order.state === "confirmed" ? order : await settled(await send(order.id, this.paymentRequest()));
            if (paid.payment_action_url) {
                location.assign(paid.payment_action_url); // The bank sends the buyer back to the order.
                return;
            }
            if (paid.state === "expired") // The payment failed when the seats had been kept for as long as any may be.
                throw Object.assign(new Error("Your hold ended."), {code: "hold_gone"});
            if (paid.state !== "confirmed") {
                this.kept.payment = null; // It is settled and was not charged; the next attempt is another one.
                this.keep();
                throw Object.assign(new Error("The payment did not go through and nothing was charged."), {code: "payment_declined"});
            }
            this.basket.forget();
            store.remove(this.memory);
            stop();
            location.replace(`#/orders/${order.id}`);
        } catch (problem) {
            this.refused(problem);
        } finally {
            this.paying = false;
            this.button.disabled = false;
        }
    }

    refused(problem) {
        if (problem.code === "payment_declined") {
            this.kept.payment = null;
            this.keep();
            this.say(`${problem.message} Your seats are still kept for you: try another card.`);
        } else if (problem.code === "seat_left_alone") {
            this.say(`${problem.message} Go back to the seats; yours are still kept for you.`);
        } else if (problem.code === "unavailable") {
            this.kept.payment = null; // It was not begun, or ended without a charge.
            this.keep();
            this.say(problem.message);
        } else if ((problem.errors ?? []).some(error => error.pointer === "/promotion")) {
            this.refusedCode = this.kept.promotion;
            this.kept.promotion = null; // What the code took off is off the page before anybody can pay.
            this.keep();
            this.ask();
            this.codeFault(problem.message);
            this.code.focus();
        } else if ((problem.errors ?? []).some(error => error.pointer.startsWith("/gift_cards"))) {
            this.kept.payment = null;
            this.keep();
            this.say(`${problem.message} Nothing was charged.`);
            this.giftCards.lookAgain(); // What it pays is on the page before anybody presses again.
        } else if (problem.code === "hold_gone" || problem.code === "not_found") {
            this.basket.gone(problem);
            this.ended();
        } else {
            for (const error of problem.errors ?? []) {
                const name = /^\/buyer\/(name|email)$/.exec(error.pointer)?.[1];
                if (name)
                    this.check(name, error.detail);
            }
            this.say(problem.message);
        }
    }

    ended() {
        this.close();
        this.basket.forget();
        const handed = this.basket.handedTo;
        this.main.replaceChildren(h("section.page.narrow", {}, h("h1", {}, handed ? "Your seats were handed over" : "Your hold ended"),
            h("p", {}, handed ? `${endedText(this.basket)} Nothing was charged here.`
                              : "The seats went back on sale. Nothing was charged. They may still be free."),
            h("p.actions", {}, handed ? h("a.button", {href: "#/"}, "All performances")
                                      : h("a.button.primary", {href: `#/p/${this.detail.performance.id}`}, "Choose again"))));
        announce(handed ? endedText(this.basket) : "Your hold ended.");
    }

    close() {
        clearInterval(this.timer);
        this.help?.close();
    }

    tick() {
        this.clock.textContent = countdown(this.basket.secondsLeft);
        // While a payment runs the seats are frozen for us (design D4), whatever this clock shows.
        if (this.basket.secondsLeft <= 0 && !this.paying)
            this.ended();
    }
}

/** A payment, or an exchange with what it costs. Its id is its key: another try is another payment. */
function send(order, {from, lines, refund, ...payment}) {
    return from ? api.exchangeOrder(from, {order, lines, refund, ...payment}, payment.payment) : api.pay(order, payment, payment.payment);
}

/** Asks until the payment is known to have worked or not, or waits for the buyer's bank; it settles by itself. */
async function settled(order) {
    let view = order;
    while (view.state === "payment_pending" && !view.payment_action_url) {
        await new Promise(done => setTimeout(done, pollSeconds * 1000));
        view = await api.order(order.id);
    }
    return view;
}

export async function checkoutPage(main, id) {
    const basket = new Basket(id);
    const [detail] = await Promise.all([api.performance(id), basket.restore()]);
    const order = basket.view?.state === "frozen" ? store.get(`checkout.${basket.view.id}`)?.order : null;
    if (order) {
        location.replace(`#/orders/${order}`);
        return null;
    }
    if (!basket.places.length || basket.leftAlone.length) { // The page of the seats says what can be done.
        location.replace(`#/p/${id}`);
        return null;
    }
    const page = new CheckoutPage(main, detail, basket);
    page.build();
    page.ask();
    page.tick();
    page.timer = setInterval(() => page.tick(), 500);
    return () => page.close();
}

async function download(order, button, kind) {
    button.disabled = true;
    try {
        save(await api[kind](order.id), `${kind}-${order.number}.pdf`);
    } catch (problem) {
        announce(problem.message);
        button.after(h("p.field-error", {role: "alert"}, problem.message));
    } finally {
        button.disabled = false;
    }
}

/** The buyer is back from the bank: the same payment again makes the server ask what has come of it. */
async function afterTheBank(order) {
    const payment = store.get(`checkout.${order.hold}`)?.payment;
    if (!order.payment_action_url || !payment)
        return order;
    try {
        const paid = await settled(await send(order.id, payment));
        if (payment.from && hasTickets(paid))
            stop();
        return paid;
    } catch (problem) {
        if (!["payment_declined", "hold_gone"].includes(problem.code))
            throw problem;
        announce(problem.message);
        return api.order(order.id);
    }
}

function bankPage(main, order) {
    main.replaceChildren(h("section.page.narrow", {},
        h("p.eyebrow", {}, "One more step"),
        h("h1", {}, "Your bank asks for you"),
        h("p", {}, `Confirm the payment of ${exchanging() ? "the difference" : money(order.total)} at your bank. Your seats are kept for you meanwhile, and nothing is charged before.`),
        h("p.actions", {}, h("a.button.primary", {id: "to-bank", href: order.payment_action_url}, "Go to your bank"),
            h("button", {type: "button", onclick: () => orderPage(main, order.id)}, "I have confirmed"))));
    return null;
}

export async function orderPage(main, id, key = null) {
    if (key) { // It leaves the address, which is shown around and kept in the history.
        orderKeys.keep(id, key);
        history.replaceState(null, "", `#/orders/${id}`);
    }
    const order = await afterTheBank(await settled(await api.order(id)));
    if (order.payment_action_url)
        return bankPage(main, order);
    const [eyebrow, heading] = standing(order);
    const confirmed = hasTickets(order);
    const panel = confirmed ? new OrderTicketsPanel(order) : null;
    const button = h("button.primary", {type: "button", id: "download", onclick: () => download(order, button, "tickets")}, "Download tickets (PDF)");
    const receipt = h("button.button", {type: "button", id: "receipt", onclick: () => download(order, receipt, "receipt")}, "Receipt (PDF)");
    main.replaceChildren(h("section.page.narrow.confirmation", {},
        h("p.eyebrow", {}, eyebrow),
        h("h1", {}, heading),
        h("p.order-number", {}, "Order ", h("strong", {id: "order-number"}, order.number)),
        h("p.when", {}, `${order.event} · ${day(order.starts_at, order.time_zone)}, ${timeWithZone(order.starts_at, order.time_zone)} · ${order.venue}`),
        h("ul.lines", {}, order.lines.map(line => h(lineNote(line) ? "li.void" : "li", {},
            h("span.line-name", {}, line.place_name, h("small", {}, lineNote(line) ?? `${line.zone} · ${line.price_type_name}${line.note ? ` · ${line.note}` : ""}`)),
            h("span", {}, money(line.amount))))),
        rowsOf(costRows(order), ""),
        totalLine(order),
        rowsOf(taxRows(order), ".tax"),
        rowsOf([...creditRows(order), ...(order.tenders ?? []).map(tender => [tenderNames[tender.method](tender), tender.amount])], ".tax"),
        refundsSection(order),
        h("p.actions", {}, confirmed ? [button, receipt]
            : isGivenBack(order) ? receipt
            : order.state === "open" ? h("a.button.primary", {href: `#/p/${order.performance}/checkout`}, "Try another card")
                : h("a.button.primary", {href: `#/p/${order.performance}`}, "Back to the seats"),
            h("a.button", {href: "#/"}, "All performances")),
        panel?.element,
        confirmed && mayExchange(order) ? [new GiveBackPanel(order, () => orderPage(main, id)).element, new ExchangePanel(order).element] : null));
    await panel?.load();
    return null;
}
