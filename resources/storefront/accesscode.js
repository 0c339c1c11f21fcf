// Seats that are kept for those who have been given an access code. They look sold on the public map; the server says
// which of them are free for the code, and is asked again when one of them changes hands.

import {api} from "./api.js";
import {announce, h, store} from "./dom.js";
import {plural} from "./format.js";

const lookAgainAfter = 400; // Milliseconds: a party that buys changes several seats at once.

export class AccessCode {
    /** `changed()` is called when other seats are open than before. */
    constructor(performance, changed) {
        Object.assign(this, {performance, changed});
        this.memory = `access.${performance}`;
        this.code = store.get(this.memory);
        this.free = new Set(); // Numbers of seats that look sold and are free for this visitor.
        this.seen = new Set(); // All that ever were.
        this.name = "";
        this.build();
    }

    build() {
        this.field = h("input", {id: "access-code", name: "access-code", type: "text", autocomplete: "off", autocapitalize: "characters",
            spellcheck: "false", maxlength: 64, "aria-describedby": "access-answer", oninput: () => this.tell("", false)});
        this.answer = h("p.access-answer", {id: "access-answer", role: "status", hidden: true});
        this.forgetButton = h("button.button", {type: "button", id: "access-forget", hidden: true, onclick: () => this.forget()}, "Stop using it");
        this.form = h("form.access-form", {onsubmit: event => { event.preventDefault(); this.use(this.field.value); }},
            h("label", {for: "access-code"}, "Access code"), this.field,
            h("button.button", {type: "submit", id: "access-use"}, "Show my seats"), this.forgetButton);
        this.element = h("details.access", {open: Boolean(this.code)}, h("summary", {}, "I have an access code"), this.form, this.answer);
    }

    /** Finds the seats of a code that was used before in this visit. */
    async restore() {
        if (!this.code)
            return;
        this.field.value = this.code;
        await this.look().catch(() => this.forget());
    }

    async use(typed) {
        const code = typed.trim();
        if (!code) {
            this.tell("Type the code that you were given.", true);
            this.field.focus();
            return;
        }
        this.code = code;
        try {
            await this.look();
            store.set(this.memory, code);
            announce(this.answer.textContent);
        } catch (problem) {
            this.drop();
            this.tell(problem.code === "forbidden" ? "This code opens no seats of this performance. Check it letter by letter, or ask whoever gave it to you."
                : problem.message, true);
            this.field.focus();
        }
    }

    async look() {
        const {name, seats} = await api.allocation(this.performance, this.code);
        this.name = name;
        this.free = new Set(seats);
        seats.forEach(seat => this.seen.add(seat));
        this.forgetButton.hidden = false;
        this.tell(seats.length ? `${name}: ${plural(seats.length, "seat is", "seats are")} kept for you. They are marked as available on the map.`
            : `${name}: all of these seats are taken. You can choose any others.`, false);
        this.changed();
    }

    /** After a change of the map: seats of the code may have gone, or come back. */
    mapChanged(numbers) {
        if (!this.code || (numbers && !numbers.some(number => this.seen.has(number))))
            return;
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.look().catch(() => {}), lookAgainAfter);
    }

    /** The code, where one of the seats needs it. */
    for(numbers) {
        return this.code && numbers.some(number => this.seen.has(number)) ? this.code : null;
    }

    drop() {
        this.code = null;
        this.free.clear();
        store.remove(this.memory);
        this.forgetButton.hidden = true;
        this.changed();
    }

    forget() {
        this.drop();
        this.field.value = "";
        this.tell("", false);
    }

    tell(text, isFault) {
        this.answer.textContent = text;
        this.answer.hidden = !text;
        this.answer.classList.toggle("warn", isFault);
        this.field.setAttribute("aria-invalid", String(isFault));
    }

    close() {
        clearTimeout(this.timer);
    }
}
