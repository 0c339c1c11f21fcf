// What the buyer pays, from what the server says: a price with the fees of a ticket in it, the fees of an order, and the
// rows under an order. The server's quote has the last word; this shows the sum before there is one. Knows no document
// and no network.

/** `basisPoints` hundredths of a per cent in whole minor units, half up, as shareOf() of the server. */
const shareOf = (amount, basisPoints) => Math.floor((2 * amount * basisPoints + 10_000) / 20_000);

/** The fees of a whole order in the shop, for tickets whose prices without fees come to `prices` minor units. */
export function orderFees(detail, prices) {
    const isOurs = fee => fee.per === "order" && (!fee.channels?.length || fee.channels.includes("web"));
    return !prices ? [] : (detail.fees ?? []).filter(isOurs).map(fee => {
        const amount = fee.amount.amount + shareOf(prices, fee.rate_basis_points ?? 0);
        const added = fee.tax && fee.tax.included === false ? shareOf(amount, fee.tax.rate_basis_points) : 0;
        return {name: fee.name, amount: {amount: amount + added, currency: fee.amount.currency}};
    });
}

/** The basket: chosen tickets as `{price: {amount, face}, quantity}`, each as zonesOf() has them. */
export function basketCost(detail, tickets) {
    const currency = detail.performance.currency;
    const sumOf = pick => tickets.reduce((all, {price, quantity}) => all + (price ? pick(price).amount : 0) * quantity, 0);
    const fees = orderFees(detail, sumOf(price => price.face));
    const total = sumOf(price => price.amount) + fees.reduce((all, fee) => all + fee.amount.amount, 0);
    return {fees, total: {amount: total, currency}};
}

/** "2000" to "20 %", "550" to "5.5 %". */
export const rateText = basisPoints => `${basisPoints / 100} %`;

/**
 * The rows between the tickets and the total of an order or a quote: `[label, money]`. They add up to the total. None
 * where the tickets alone are the total.
 */
export function costRows(order) {
    const currency = order.total.currency;
    const of = amount => ({amount, currency});
    const prices = order.lines.reduce((all, line) => all + line.amount.amount, 0);
    const discount = order.discount?.amount ?? 0;
    const fees = order.fees ?? [];
    const added = order.total.amount - (prices - discount + fees.reduce((all, fee) => all + fee.amount.amount, 0));
    const rows = [
        ...(discount ? [[order.promotion ?? "Discount", of(-discount)]] : []),
        ...fees.map(fee => [fee.name, fee.amount]),
        ...(added ? [["Tax", of(added)]] : []),
    ];
    return rows.length ? [["Tickets", of(prices)], ...rows] : [];
}

/** What of the total is tax: `[label, money]`. */
export const taxRows = order => (order.taxes ?? []).filter(sum => sum.amount.amount).map(({tax, amount}) =>
    [`of which ${tax.name} ${rateText(tax.rate_basis_points)}`, amount]);
