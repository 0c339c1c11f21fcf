-- What a sale costs PostgreSQL (docs/adr/0009). For each place that is sold some thirty rows were looked up, one by one, to see
-- that they are there: the order, its lines and the payment, all of them written or locked by the very transaction that
-- names them. They can only be missing if they were deleted, so that is what is forbidden, once and for all statements.
create trigger venue_stays before delete or truncate on venue for each statement execute function refuse_delete();
create trigger price_type_stays before delete or truncate on price_type for each statement execute function refuse_delete();
create trigger seat_inventory_stays before delete or truncate on seat_inventory
    for each statement execute function refuse_delete();
create trigger hold_stays before delete or truncate on hold for each statement execute function refuse_delete();
create trigger sale_order_stays before delete or truncate on sale_order for each statement execute function refuse_delete();
create trigger order_line_stays before delete or truncate on order_line for each statement execute function refuse_delete();
create trigger payment_attempt_stays before delete or truncate on payment_attempt
    for each statement execute function refuse_delete();

-- Made from its hold's row, under the lock of that row.
alter table sale_order drop constraint sale_order_hold_id_fkey;
alter table sale_order drop constraint sale_order_performance_id_fkey;
-- Written by the statement after the one that writes the order, or under the order's lock.
alter table order_line drop constraint order_line_order_id_fkey;
alter table order_line drop constraint order_line_price_type_id_fkey;
alter table order_charge drop constraint order_charge_order_id_fkey;
alter table payment_attempt drop constraint payment_attempt_order_id_fkey;
-- Written from the lines of an order under lock.
alter table ticket drop constraint ticket_order_id_line_no_fkey;
alter table sold_place drop constraint sold_place_order_id_fkey;
alter table sold_place drop constraint sold_place_order_id_line_no_fkey;
alter table sold_place drop constraint sold_place_performance_id_seat_no_fkey;
alter table ledger_entry drop constraint ledger_entry_order_id_fkey;
alter table ledger_entry drop constraint ledger_entry_payment_id_fkey;
alter table receipt drop constraint receipt_order_id_fkey;
alter table receipt drop constraint receipt_venue_id_fkey;

-- An order changes its state twice. With the state in the condition of an index each change was written into all indexes.
drop index sale_order_by_owner;
create index sale_order_by_owner on sale_order (owner, performance_id);
alter table sale_order set (fillfactor = 75);

-- All entries of a transfer are written by one statement, so that is what is summed up, once for all transfers in it.
drop trigger ledger_entry_balances on ledger_entry;
drop function check_transfer_balance();
create function check_transfers_balance() returns trigger language plpgsql as $$
declare
    wrong uuid;
begin
    select transfer_id into wrong from ledger_entry where transfer_id in (select transfer_id from written)
        group by transfer_id, currency having sum(amount) <> 0 limit 1;
    if found then
        raise exception 'transfer % does not sum to zero', wrong using errcode = 'check_violation';
    end if;
    return null;
end $$;
create trigger ledger_entry_balances after insert on ledger_entry referencing new table as written
    for each statement execute function check_transfers_balance();

-- Facts are handed out by the statement that writes them. Who deletes facts, or writes one down for later, sees to it that a
-- row is always of a fact that is there (outbox::forgetOld()).
drop trigger outbox_hand_out on outbox;
drop function hand_out_fact();
create function hand_out_facts() returns trigger language plpgsql as $$
begin
    insert into outbox_delivery (consumer, fact_id, key, sequence)
        select c.name, f.id, f.key, f.sequence from written f, outbox_consumer c where c.active;
    if not found then
        insert into outbox_delivery (consumer, fact_id, key, sequence) select '', id, key, sequence from written;
    end if;
    return null;
end $$;
create trigger outbox_hand_out after insert on outbox referencing new table as written
    for each statement execute function hand_out_facts();
alter table outbox_delivery drop constraint outbox_delivery_fact_id_fkey;
drop index outbox_delivery_by_fact;

-- Rows come in the order of their time, and only the daily forgetting asks for it.
drop index command_log_by_age;
create index command_log_by_age on command_log using brin (created_at) with (autosummarize = on);
drop index provider_event_by_age;
create index provider_event_by_age on provider_event using brin (received_at) with (autosummarize = on);
drop index outbox_by_age;
create index outbox_by_age on outbox using brin (created_at) with (autosummarize = on);
