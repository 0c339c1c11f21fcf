// The programme: what is on, when, and from how much.

import {api} from "./api.js";
import {h} from "./dom.js";
import {day, dayOfMonth, money, monthShort, timeWithZone} from "./format.js";

const fewShare = 0.1; // Below this share of free places a performance has "few seats left".

export function availability(performance) {
    if (performance.state === "paused")
        return {text: "Sales paused", kind: "paused"};
    if (performance.available <= 0)
        return {text: "Sold out", kind: "soldout"};
    if (performance.available < performance.capacity * fewShare)
        return {text: `Only ${performance.available} left`, kind: "few"};
    return {text: "Seats available", kind: "good"};
}

function card(performance) {
    const {text, kind} = availability(performance);
    const zone = performance.time_zone;
    return h("li.poster", {},
        h("a.poster-link", {href: `#/p/${performance.id}`},
            h("span.poster-date", {"aria-hidden": "true"},
                h("span.poster-day", {}, dayOfMonth(performance.starts_at, zone)),
                h("span.poster-month", {}, monthShort(performance.starts_at, zone))),
            h("span.poster-body", {},
                h("h2.poster-title", {}, performance.event),
                performance.subtitle ? h("span.poster-subtitle", {}, performance.subtitle) : null,
                h("span.poster-when", {}, h("time", {datetime: performance.starts_at}, `${day(performance.starts_at, zone)}, ${timeWithZone(performance.starts_at, zone)}`)),
                h("span.poster-where", {}, performance.venue)),
            h("span.poster-foot", {},
                h(`span.chip.${kind}`, {}, text),
                h("span.poster-price", {}, `from ${money(performance.price_from)}`))));
}

export async function programmePage(main) {
    const performances = await api.performances();
    performances.sort((a, b) => a.starts_at.localeCompare(b.starts_at));
    main.replaceChildren(h("section.page", {},
        h("p.eyebrow", {}, "The programme"),
        h("h1", {}, "What’s on"),
        performances.length
            ? h("ul.posters", {}, performances.map(card))
            : h("p.empty", {}, "Nothing is on sale just now. New performances appear here as soon as the box office opens them."),
        h("p.reserved", {}, "Does the box office keep seats for you? ", h("a", {href: "#/handover", id: "continue-handover"}, "Continue a reservation from the box office"))));
}
