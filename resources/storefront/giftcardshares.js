// What gift cards pay of a sum: no page, so that it is tested by itself.

/** What each card pays of the total, in their order, and what they leave; cards that would pay nothing are not sent. */
export function sharesOf(cards, total) {
    let rest = total.amount;
    const shares = cards.map(card => {
        const amount = Math.min(card.available.currency === total.currency ? card.available.amount : 0, rest);
        rest -= amount;
        return {card, amount: {amount, currency: total.currency}};
    });
    return {shares: shares.filter(share => share.amount.amount > 0), rest: {amount: rest, currency: total.currency}};
}
