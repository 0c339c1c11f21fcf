// Gift cards and vouchers at the checkout: each pays a part of what is due, and a card the rest. What each pays is on the
// page before anybody pays, and it is what is sent: another sum is refused by the server, never charged.

import {api} from "./api.js";
import {announce, h} from "./dom.js";
import {money} from "./format.js";
import {sharesOf} from "./giftcardshares.js";

const cardsMax = 5;
const plain = code => code.replace(/[\s-]/g, "").toLowerCase();

export class GiftCards {
    /** `kept.giftCards` outlives the page; `changed` is called when what is to be paid has changed. */
    constructor(kept, changed) {
        Object.assign(this, {kept, changed});
        this.kept.giftCards ??= [];
        this.total = null;
        this.input = h("input", {id: "gift-card", name: "gift-card", type: "text", autocomplete: "off", spellcheck: "false", maxlength: 60,
            placeholder: "K7PM-3XQT-9BCD-EFGH", "aria-describedby": "gift-card-error",
            onkeydown: event => { if (event.key === "Enter") { event.preventDefault(); this.add(); } }});
        this.error = h("p.field-error", {id: "gift-card-error", hidden: true});
        this.list = h("ul.gift-cards", {"aria-live": "polite"});
        this.button = h("button.button", {type: "button", id: "add-gift-card", onclick: () => this.add()}, "Use it");
        this.element = h("div.field", {}, h("label", {for: "gift-card"}, "Gift card or voucher (optional)"),
            h("div.code-row", {}, this.input, this.button), this.error, this.list);
    }

    get cards() {
        return this.kept.giftCards;
    }

    /** Typed and not used yet: the sum on the button is without it. */
    get isTyped() {
        return this.input.value.trim() !== "";
    }

    shares() {
        return sharesOf(this.cards, this.total);
    }

    fault(text) {
        this.error.textContent = text ?? "";
        this.error.hidden = !text;
        this.input.setAttribute("aria-invalid", String(Boolean(text)));
    }

    async add() {
        const code = this.input.value.trim();
        this.fault(null);
        if (!code)
            return;
        if (this.cards.some(card => plain(card.code) === plain(code)))
            return this.fault("This gift card is used already.");
        if (this.cards.length === cardsMax)
            return this.fault(`An order takes ${cardsMax} gift cards at most.`);
        this.button.disabled = true;
        try {
            const card = await api.giftCard(code);
            const why = card.is_expired ? "It has expired." : card.state !== "active" ? "It cannot be used. The box office knows why."
                : card.available.amount ? "" : "Nothing is left on it.";
            if (why)
                return this.fault(why);
            this.cards.push({code, last_four: card.last_four, available: card.available});
            this.input.value = "";
            announce(`Gift card ending in ${card.last_four} is used.`);
            this.changed();
        } catch (problem) {
            this.fault(problem.message);
            this.input.focus();
        } finally {
            this.button.disabled = false;
        }
    }

    drop(card) {
        this.kept.giftCards = this.cards.filter(other => other !== card);
        this.changed();
        this.input.focus();
    }

    /** After a payment that was refused over a card: what is on each now. */
    async lookAgain() {
        const fresh = await Promise.all(this.cards.map(card => api.giftCard(card.code)
            .then(now => ({...card, available: now.available})).catch(() => null)));
        this.kept.giftCards = fresh.filter(card => card?.available.amount > 0);
        this.changed();
    }

    show(total) {
        this.total = total;
        const {shares} = this.shares();
        this.list.replaceChildren(...this.cards.map(card => {
            const pays = shares.find(share => share.card === card)?.amount;
            return h("li", {}, h("span", {}, `Gift card ···· ${card.last_four}`, h("small", {}, `${money(card.available)} on it`)),
                h("span", {}, pays ? `−${money(pays)}` : "not needed"),
                h("button.link", {type: "button", "aria-label": `Remove the gift card ending in ${card.last_four}`,
                    onclick: () => this.drop(card)}, "Remove"));
        }));
    }

    /** For the body of a payment; nothing where no card pays. */
    tenders() {
        return this.shares().shares.map(share => ({code: share.card.code, amount: share.amount}));
    }
}
