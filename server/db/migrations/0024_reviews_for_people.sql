-- Why a payment is looked at although it has ended: news of the provider, which the reconciler asks about; a decision, which it asks
-- about until the provider has borne it out; or what no answer of the provider ends: of a payment that is sold, and of money that
-- the provider could not give back. The reconciler neither asks about that nor closes it.
alter table payment_review add column kind text not null default 'news' check (kind in ('news', 'decision', 'person'));
update payment_review r set kind = 'person' from payment_attempt a where a.id = r.payment_id and a.state = 'captured';
