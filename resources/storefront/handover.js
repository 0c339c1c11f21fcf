// A reservation changes hands by a short code: the visitor enters the box office's to go on with its seats, or shows a
// code of their own when they need help there.

import {api} from "./api.js";
import {Basket} from "./basket.js";
import {announce, h, store} from "./dom.js";
import {countdown, uuidV7} from "./format.js";

const watchSeconds = 3;

/** What became of a hold, in the words for whoever had it. */
export function endedText(basket) {
    return {
        desk: "The box office has taken over your seats and goes on with the sale. There is nothing left to do here.",
        web: "Your seats were handed over and are continued in another browser.",
        api: "Your seats were handed over to another seller.",
    }[basket.handedTo] ?? "Your hold ended and the seats went back on sale. Please choose again.";
}

/** "Get help at the box office": a code beside the basket, watched until a clerk has entered it. */
export class HelpPanel {
    constructor(basket, taken) {
        Object.assign(this, {basket, taken, hold: basket.view.id});
        this.message = h("p.field-error", {role: "alert", hidden: true});
        this.button = h("button.link", {type: "button", id: "get-help", onclick: () => this.ask()}, "Get help at the box office");
        this.element = h("div.help", {}, this.button, this.message);
        const kept = store.get(this.memory);
        if (kept)
            this.show(kept);
    }

    get memory() { return `help.${this.hold}`; }

    async ask() {
        this.button.disabled = true;
        this.message.hidden = true;
        try {
            const {code} = await this.basket.offerHandover();
            store.set(this.memory, code); // It stays on the screen from page to page.
            this.show(code);
            announce(`Your code is ${code.split("").join(" ")}.`);
        } catch (problem) {
            this.message.textContent = problem.message;
            this.message.hidden = false;
        } finally {
            this.button.disabled = false;
        }
    }

    show(code) {
        this.element.replaceChildren(
            h("p.help-lead", {id: "help-lead"}, "Tell the box office this code. It can then finish the sale for you:"),
            h("p.code", {id: "help-code", "aria-describedby": "help-lead"}, code),
            h("p.hint", {}, "The code is good once, for as long as your seats are kept."));
        this.timer ??= setInterval(() => this.look(), watchSeconds * 1000);
    }

    async look() {
        try {
            const view = await api.hold(this.hold);
            if (view.state !== "live" && view.state !== "frozen")
                this.close();
        } catch (problem) {
            if (!["hold_gone", "not_found"].includes(problem.code))
                return; // Away for a moment; asked again.
            this.close();
            store.remove(this.memory);
            this.basket.gone(problem);
            this.taken();
        }
    }

    close() {
        clearInterval(this.timer);
    }
}

class HandoverPage {
    constructor(main, code) {
        Object.assign(this, {main, code});
    }

    build() {
        this.error = h("p.field-error", {id: "code-error", role: "alert", hidden: true});
        this.input = h("input.code-input", {id: "code", name: "code", type: "text", autocomplete: "off", autocapitalize: "characters",
            spellcheck: "false", maxlength: 40, required: true, value: this.code ?? "", placeholder: "K7PM-3XQT", "aria-describedby": "code-error"});
        this.button = h("button.primary", {type: "submit", id: "continue-reservation"}, "Continue");
        this.main.replaceChildren(h("section.page.narrow", {},
            h("a.back", {href: "#/"}, "← All performances"),
            h("h1", {}, "Continue a reservation"),
            h("p", {}, "The box office keeps seats for you and gave you a code of eight letters and digits. Type it here to choose ticket types and pay."),
            h("form", {novalidate: true, onsubmit: event => { event.preventDefault(); this.send(); }},
                h("div.field", {}, h("label", {for: "code"}, "Code"), this.input, this.error),
                h("p.actions", {}, this.button))));
    }

    refuse(text) {
        this.error.textContent = text;
        this.error.hidden = false;
        this.input.setAttribute("aria-invalid", "true");
        this.input.focus();
        this.input.select();
    }

    async send() {
        const code = this.input.value.replace(/[\s-]/g, "");
        if (!/^[a-z0-9]{8}$/i.test(code))
            return this.refuse("The code has eight letters and digits, such as K7PM-3XQT.");
        this.button.disabled = true;
        this.error.hidden = true;
        try {
            if (this.sentCode !== code) // The same attempt keeps its key, whatever the network did.
                Object.assign(this, {sentCode: code, key: uuidV7()});
            const basket = Basket.adopt(await api.takeOverHold(code, this.key));
            if (basket.view.state !== "live")
                return this.refuse("The time for these seats has run out. Ask the box office for new ones.");
            if (basket.before) // Two holds of one performance would be one too many to see, and both would count.
                await api.dropHold(basket.before, uuidV7()).catch(() => {});
            await basket.renew().catch(() => {}); // Some time went by on the way; without it there is still the rest.
            announce(`The seats are yours for ${countdown(basket.secondsLeft)} minutes.`);
            location.replace(`#/p/${basket.performance}/checkout`);
        } catch (problem) {
            this.sentCode = null;
            this.refuse(problem.message);
        } finally {
            this.button.disabled = false;
        }
    }
}

export async function handoverPage(main, code) {
    const page = new HandoverPage(main, code);
    page.build();
    if (code)
        await page.send();
    return null;
}
