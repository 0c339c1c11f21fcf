// Routes: #/ the programme, #/p/<id> seats, #/p/<id>/checkout, #/orders/<id> and #/tickets/<id>, also with ?key=, #/handover and
// #/handover/<code>. One page is alive at a time; a page is a function that fills `main` and returns what to do when it is left.

import {banner, h} from "./dom.js";
import {programmePage} from "./programme.js";
import {seatsPage} from "./seats.js";
import {checkoutPage, orderPage} from "./checkout.js";
import {handoverPage} from "./handover.js";
import {heldTicketPage} from "./heldticket.js";

const main = document.getElementById("main");
const routes = [
    [/^#?\/?$/, programmePage],
    [/^#\/p\/([0-9a-f-]{36})$/, seatsPage],
    [/^#\/p\/([0-9a-f-]{36})\/checkout$/, checkoutPage],
    [/^#\/handover(?:\/([A-Za-z0-9-]{1,40}))?$/, handoverPage],
    [/^#\/tickets\/([0-9a-f-]{36})(?:\?key=([A-Za-z0-9_-]{10,60}))?$/, heldTicketPage],
    [/^#\/orders\/([0-9a-f-]{36})(?:\?key=([A-Za-z0-9_-]{10,60}))?$/, orderPage],
];
let leave = null;
let visit = 0;

function failed(problem) {
    main.replaceChildren(h("section.page.narrow", {},
        h("h1", {}, problem.status === 404 ? "Not found" : "Something is in the way"),
        h("p", {}, problem.message),
        h("p.actions", {},
            h("button.primary", {type: "button", onclick: show}, "Try again"),
            h("a.button", {href: "#/"}, "All performances"))));
}

async function show() {
    const mine = ++visit;
    leave?.();
    leave = null;
    const [page, match] = routes.map(([pattern, page]) => [page, location.hash.match(pattern)]).find(([, match]) => match)
        ?? [null, null];
    if (!page) {
        failed({status: 404, message: "This page does not exist. The programme has everything that is on sale."});
        return;
    }
    // A place of its own: what a page that was left still writes is seen by nobody.
    const outlet = h("div.outlet", {}, h("p.loading", {role: "status"}, "One moment…"));
    main.replaceChildren(outlet);
    try {
        const left = await page(outlet, ...match.slice(1));
        if (mine === visit)
            leave = left;
        else
            left?.();
    } catch (problem) {
        if (mine === visit)
            failed(problem);
    }
    if (mine !== visit)
        return;
    document.title = `${main.querySelector("h1")?.textContent ?? "Tickets"} – Parterre`;
    scrollTo(0, 0);
    main.focus({preventScroll: true});
}

document.getElementById("skip").addEventListener("click", event => {
    event.preventDefault();
    main.focus();
});
// A link may also say /?handover=CODE. The code leaves the address at once: it is a secret while it is good.
const handover = new URLSearchParams(location.search).get("handover");
if (handover)
    history.replaceState(null, "", `${location.pathname}#/handover/${encodeURIComponent(handover)}`);
addEventListener("hashchange", show);
addEventListener("offline", () => banner("You are offline. Your seats are kept until the clock runs out."));
addEventListener("online", () => banner(null));
show();
