// What a buyer does with tickets after the sale: each as a file, sent again, under a new code, passed on to somebody else.

import {api} from "./api.js";
import {announce, h} from "./dom.js";
import {uuidV7} from "./format.js";

const mailWords = {
    queued: mail => `A mail to ${mail.to} is on its way.`,
    sent: mail => `The tickets were sent to ${mail.to}.`,
    failed: mail => `A mail to ${mail.to} could not be delivered. Download the tickets here, or ask the box office.`,
};

/** Hands bytes to the browser as a file. */
export function save(blob, name) {
    const url = URL.createObjectURL(blob);
    h("a", {href: url, download: name}).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export class OrderTicketsPanel {
    constructor(order) {
        this.order = order;
        this.list = h("ul.lines", {id: "tickets"});
        this.mail = h("p.mail-state", {role: "status"});
        this.message = h("div.message", {role: "alert", hidden: true});
        this.again = h("button.button", {type: "button", id: "send-again", onclick: () => this.resend()}, "Send the tickets again");
        this.element = h("section.tickets", {"aria-label": "Tickets"}, h("h2", {}, "Your tickets"), this.message, this.list, this.mail,
            h("p.actions", {}, this.again, h("button.button", {type: "button", id: "calendar", onclick: () => this.calendar()}, "Add to calendar")));
    }

    async load() {
        await this.attempt(async () => this.show(await api.orderTickets(this.order.id)));
    }

    /** `work` under one key for all its repeats; what is refused is said. */
    async attempt(work) {
        this.say(null);
        this.element.toggleAttribute("aria-busy", true);
        for (const button of this.element.querySelectorAll("button"))
            button.disabled = true;
        try {
            await work(uuidV7());
        } catch (problem) {
            this.say(problem.message);
        } finally {
            this.element.removeAttribute("aria-busy");
            for (const button of this.element.querySelectorAll("button"))
                button.disabled = false;
        }
    }

    say(text, kind = "warn") {
        this.message.textContent = text ?? "";
        this.message.className = `message ${kind}`;
        this.message.hidden = !text;
    }

    show(view) {
        this.list.replaceChildren(...view.tickets.filter(ticket => ticket.state === "valid").map(ticket => this.line(ticket)));
        const newest = view.mails.find(mail => !["refunded", "voided"].includes(mail.kind)); // The newest that brings tickets.
        this.mail.textContent = newest ? mailWords[newest.state](newest) : "";
        this.again.hidden = !this.order.buyer.email;
    }

    line(ticket) {
        if (ticket.holder_email)
            return h("li", {}, h("span.line-name", {}, ticket.place_name,
                h("small", {}, `Passed on to ${ticket.holder_name ?? "somebody else"}, ${ticket.holder_email}`)));
        const more = h("div.ticket-more", {hidden: true});
        const open = (...children) => {
            more.replaceChildren(...children);
            more.hidden = false;
            more.querySelector("input, button").focus();
        };
        return h("li.ticket", {},
            h("span.line-name", {}, ticket.place_name, h("small", {}, `${ticket.human_code}${ticket.holder_name ? ` · ${ticket.holder_name}` : ""}`)),
            h("span.ticket-actions", {},
                h("button.link", {type: "button", "aria-label": `PDF of ${ticket.place_name}`, onclick: () => this.pdf(ticket)}, "PDF"),
                h("button.link.wallet", {type: "button", "aria-label": `Apple Wallet: ${ticket.place_name}`, onclick: () => this.wallet(ticket)}, "Apple Wallet"),
                h("button.link.pass-on", {type: "button", "aria-label": `Pass on ${ticket.place_name}`, onclick: () => open(this.form(ticket, more))}, "Pass on"),
                h("button.link.replace", {type: "button", "aria-label": `New code for ${ticket.place_name}`, onclick: () => open(...this.question(ticket, more))}, "New code")),
            more);
    }

    question(ticket, more) {
        return [h("p", {}, "The code that you have now opens no door any more then: on paper, in mails and on telephones. A new one comes by mail."),
            h("p.actions", {}, h("button.button.confirm", {type: "button", onclick: () => this.reissue(ticket)}, "Make a new code"),
                h("button.link", {type: "button", onclick: () => { more.hidden = true; }}, "Keep it"))];
    }

    form(ticket, more) {
        const field = (name, label, type, hint) => h("div.field", {}, h("label", {for: `${name}-${ticket.id}`}, label),
            h("input", {id: `${name}-${ticket.id}`, name, type, maxlength: type === "email" ? 254 : 200, autocomplete: "off"}), h("small", {}, hint));
        const form = h("form", {novalidate: true, onsubmit: event => { event.preventDefault(); this.transfer(ticket, form); }},
            field("name", "Name", "text", "Printed on the ticket."),
            field("email", "E-mail", "email", "The ticket is sent there and is theirs alone. Leave it empty to change the name only."),
            h("p.actions", {}, h("button.button.confirm", {type: "submit"}, "Pass on"),
                h("button.link", {type: "button", onclick: () => { more.hidden = true; }}, "Keep it")));
        return form;
    }

    resend() {
        return this.attempt(async key => {
            this.show(await api.resendTickets(this.order.id, key));
            announce(this.mail.textContent);
        });
    }

    reissue(ticket) {
        return this.attempt(async key => {
            this.show(await api.reissueTicket(this.order.id, ticket.id, key));
            this.say(`${ticket.place_name} has a new code.`, "info");
        });
    }

    transfer(ticket, form) {
        const name = form.elements.name.value.trim();
        const email = form.elements.email.value.trim();
        if (!name) {
            this.say("Type the name of who comes with this ticket.");
            form.elements.name.focus();
            return null;
        }
        return this.attempt(async key => {
            this.show(await api.transferTicket(this.order.id, ticket.id, email ? {name, email} : {name}, key));
            this.say(email ? `${ticket.place_name} was passed on to ${name}.` : `${ticket.place_name} is now in the name of ${name}.`, "info");
        });
    }

    pdf(ticket) {
        return this.attempt(async () => save(await api.ticketPdf(this.order.id, ticket.id), `ticket-${this.order.number}-${ticket.line}.pdf`));
    }

    wallet(ticket) {
        return this.attempt(async () => save(await api.walletPass(this.order.id, ticket.id), `ticket-${this.order.number}-${ticket.line}.pkpass`));
    }

    calendar() {
        return this.attempt(async () => save(await api.calendar(this.order.id), `${this.order.number}.ics`));
    }
}
