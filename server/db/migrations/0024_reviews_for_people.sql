-- A review that no answer of the provider ends: of a payment that is sold, and of money that the provider could not give
-- back. The reconciler neither asks about it nor closes it, whatever it was asked before.
alter table payment_review add column for_person boolean not null default false;
update payment_review r set for_person = true from payment_attempt a where a.id = r.payment_id and a.state = 'captured';
