// What a party wishes for where the server is to choose its places: which limits there are, how the server is asked,
// and which limit to let go of when nothing fits. Knows no document and no network.

/** A party of two without any limit. An empty text is "any"; `accessible` is how many have the need of `access`. */
export const anyWish = {size: 2, zone: "", priceMax: "", section: "", access: "", accessible: 1, together: false};
const partySizeMax = 20;

export function sizes(purchaseLimit) {
    const most = Math.min(partySizeMax, purchaseLimit || partySizeMax);
    return Array.from({length: most}, (_, i) => i + 1);
}

/** What the server goes by: prices without their fees. */
const cheapestOf = zone => Math.min(...zone.prices.map(price => (price.face ?? price.amount).amount));

/**
 * The highest prices to choose from, cheapest first. The server compares a limit with the cheapest price of a zone
 * (`amount`); people read `shown`, the dearest standard price that it lets through. What lets all through is no limit.
 */
export function priceLimits(zones) {
    const priced = zones.filter(zone => zone.prices.length).map(zone => ({
        cheapest: cheapestOf(zone), standard: zone.prices[0].amount.amount}));
    const limits = [];
    for (const amount of [...new Set(priced.map(zone => zone.cheapest))].sort((a, b) => a - b)) {
        const shown = Math.max(...priced.filter(zone => zone.cheapest <= amount).map(zone => zone.standard));
        if (limits.at(-1)?.shown === shown)
            limits.pop();
        limits.push({amount, shown});
    }
    return limits.slice(0, -1);
}

/** `best` of TakeHold. */
export function bestOf(wish, currency) {
    const best = {size: wish.size, may_split: !wish.together};
    if (wish.zone)
        best.zone = wish.zone;
    if (wish.priceMax)
        best.price_max = {amount: Number(wish.priceMax), currency};
    if (wish.section)
        best.section = wish.section;
    if (wish.access)
        best[wish.access] = Math.min(wish.accessible, wish.size);
    return best;
}

/**
 * Wishes for which the map shows enough places: without one limit, without any where no single one is in the way, and
 * with fewer people. Each has the name of what it lets go of, its free places by `countFree(wish)` and itself as `wish`.
 */
export function easierWishes(wish, countFree) {
    const offer = (limit, without) => ({limit, wish: {...wish, ...without}, free: countFree({...wish, ...without})});
    const fits = ({wish: asked, free}) => free >= asked.size;
    const without = {together: {together: false}, zone: {zone: ""}, priceMax: {priceMax: ""}, section: {section: ""}};
    const limits = Object.keys(without).filter(limit => wish[limit]);
    let offers = limits.map(limit => offer(limit, without[limit])).filter(fits);
    if (!offers.length && limits.length > 1)
        offers = [offer("all", Object.assign({}, ...Object.values(without)))].filter(fits);
    const here = countFree(wish);
    if (here > 0 && here < wish.size)
        offers.push(offer("size", {size: here, accessible: Math.min(wish.accessible, here)}));
    return offers;
}

/** Free places that a party with this wish could have, by the map: `stateOf(seat)` as in the seat map. */
export function countFree(wish, {venue, zones, stateOf, freeIn}) {
    const allowed = new Set([...zones.values()].filter(zone => zone.prices.length && (!wish.zone || zone.id === wish.zone)
        && (!wish.priceMax || cheapestOf(zone) <= Number(wish.priceMax)))
        .map(zone => zone.category));
    const places = venue.sections.filter(section => !wish.section || section.name === wish.section);
    const seats = places.flatMap(section => section.rows).flatMap(row => row.seats)
        .filter(seat => allowed.has(seat.category) && stateOf(seat) === "free");
    const general = seats.filter(seat => seat.accessibility === "none").length;
    if (wish.access) {
        const kind = wish.access === "wheelchairs" ? "wheelchair" : "step_free";
        const fitting = seats.filter(seat => seat.accessibility === kind).length;
        const companions = seats.filter(seat => seat.accessibility === "companion").length;
        return fitting < wish.accessible ? 0 : wish.accessible + companions + general;
    }
    return places.flatMap(section => section.areas).filter(area => allowed.has(area.category))
        .reduce((free, area) => free + Math.max(0, freeIn(area)), general);
}

/** "Lower Gallery, row A: seats 12, 13": places of one row in one text, in the order of the venue. */
export function placeTexts(places, venue) {
    const texts = [];
    const wanted = new Set(places.map(place => place.key));
    for (const section of venue.sections) {
        for (const row of section.rows) {
            const labels = row.seats.filter(seat => wanted.has(seat.key)).map(seat => seat.label);
            if (labels.length) {
                const where = [section.name, row.label && `row ${row.label}`].filter(Boolean).join(", ");
                texts.push(`${where}: ${labels.length === 1 ? "seat" : "seats"} ${labels.join(", ")}`);
            }
        }
    }
    return [...texts, ...places.filter(place => place.is_area).map(place => `${place.name} × ${place.quantity}`)];
}
