// The page of one ticket that was passed on, for who got it: the link of its mail brings the key.

import {api, ticketKeys} from "./api.js";
import {h} from "./dom.js";
import {day, timeWithZone} from "./format.js";
import {save} from "./ordertickets.js";

function download(label, id, name, fetchBytes) {
    const button = h("button.button", {type: "button", id, onclick: async () => {
        button.disabled = true;
        button.parentElement.querySelector(".field-error")?.remove();
        try {
            save(await fetchBytes(), name);
        } catch (problem) {
            button.parentElement.append(h("p.field-error", {role: "alert"}, problem.message));
        } finally {
            button.disabled = false;
        }
    }}, label);
    return button;
}

export async function heldTicketPage(main, id, key = null) {
    if (key) { // It leaves the address, which is shown around and kept in the history.
        ticketKeys.keep(id, key);
        history.replaceState(null, "", `#/tickets/${id}`);
    }
    const ticket = await api.heldTicket(id);
    const zone = ticket.time_zone;
    main.replaceChildren(h("section.page.narrow.confirmation", {},
        h("p.eyebrow", {}, ticket.holder_name ? `For ${ticket.holder_name}` : "Passed on to you"),
        h("h1", {}, ticket.event),
        h("p.when", {}, `${day(ticket.starts_at, zone)}, ${timeWithZone(ticket.starts_at, zone)} · ${ticket.venue}`),
        ticket.address ? h("p", {}, ticket.address) : null,
        h("ul.lines", {}, h("li", {}, h("span.line-name", {}, ticket.place_name,
            h("small", {}, "Ticket code ", h("strong", {id: "ticket-code"}, ticket.human_code))))),
        h("p", {}, "Show the square code at the door, on paper or on your telephone. It is yours alone."),
        h("p.actions", {},
            download("Apple Wallet", "held-wallet", `ticket-${ticket.human_code}.pkpass`, () => api.heldPass(id)),
            download("Download ticket (PDF)", "held-pdf", `ticket-${ticket.human_code}.pdf`, () => api.heldPdf(id)))));
    return null;
}
