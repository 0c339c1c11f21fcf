-- Who was asked for the money of a payment (CardProvider::name()): nobody else knows what became of it, and who is asked about a
-- payment that he never saw would say that it is free to cancel. Empty for cash and gift cards, and where it is not known any more.
alter table payment_attempt add column provider text not null default '';
update payment_attempt set provider = 'terminal' where method = 'terminal';
-- The test provider also keeps rows, without a card, of what it cancelled and never saw.
update payment_attempt a set provider = 'test' where method = 'card'
    and exists (select from test_card_provider.payment t where t.id = a.id and t.card_token <> '');
update payment_attempt set provider = 'stripe' where method = 'card' and provider = '' and starts_with(provider_ref, 'pi_');
