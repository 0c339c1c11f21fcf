-- Gift cards and vouchers (docs/giftcards.md): money that the house owes to whoever has a code. Lock order: a gift card's
-- row comes after payment_attempt in the order of 0001_first_sale.sql, several by id, and its sale's row after it.
create table gift_card (
    id           uuid primary key,
    kind         text not null check (kind in ('gift_card', 'voucher')),
    state        text not null check (state in ('unpaid', 'active', 'blocked', 'void')),
    code_sha256  bytea unique,              -- the code itself is known to its holder alone; null until one was shown
    last_four    text not null default '',
    currency     char(3) not null,
    amount       bigint not null check (amount > 0), -- what it was issued for
    balance      bigint not null default 0 check (balance >= 0),
    reserved     bigint not null default 0,          -- of the balance, for payments that run
    expires_at   timestamptz not null,
    reason       text not null default '',
    block_reason text not null default '',
    principal    text not null,              -- 'user:<id>', who has issued it
    created_at   timestamptz not null,
    check (reserved between 0 and balance),
    check (kind = 'gift_card' or reason <> ''),
    check ((state = 'blocked') = (block_reason <> ''))
);
create index gift_card_newest on gift_card (created_at desc, id);
create index gift_card_by_last_four on gift_card (last_four);

-- How a gift card was paid for; the terminal knows the payment by this id.
create table gift_card_sale (
    id           uuid primary key,
    card_id      uuid not null unique references gift_card,
    method       text not null check (method in ('cash', 'terminal')),
    state        text not null check (state in ('authorising', 'captured', 'declined', 'cancelled', 'in_doubt')),
    currency     char(3) not null,
    amount       bigint not null check (amount > 0),
    tendered     bigint not null default 0,
    change_given bigint not null default 0,
    terminal     text not null default '',
    provider_ref text not null default '',
    failure      text not null default '',
    deadline     timestamptz not null,       -- past it the terminal is asked
    created_at   timestamptz not null,
    updated_at   timestamptz not null
);
create index gift_card_sale_unsettled on gift_card_sale (deadline) where state in ('authorising', 'in_doubt');

-- What happened to the money of a card. amount changes its balance, reserved that part of it which is set aside.
create table gift_card_movement (
    id           uuid primary key,           -- issued: the transfer in the ledger
    card_id      uuid not null references gift_card,
    kind         text not null check (kind in ('issued', 'reserved', 'released', 'redeemed', 'refunded')),
    amount       bigint not null,
    reserved     bigint not null,
    payment_id   uuid references payment_attempt,
    repayment_id uuid unique references repayment,
    created_at   timestamptz not null,
    check (case kind when 'issued' then amount > 0 and reserved = 0
                     when 'reserved' then amount = 0 and reserved > 0
                     when 'released' then amount = 0 and reserved < 0
                     when 'redeemed' then amount < 0 and reserved = amount
                     when 'refunded' then amount > 0 and reserved = 0 end),
    check ((kind = 'issued') = (payment_id is null)),
    check ((kind = 'refunded') = (repayment_id is not null))
);
create index gift_card_movement_by_card on gift_card_movement (card_id, created_at);
create unique index gift_card_issued_once on gift_card_movement (card_id) where kind = 'issued';
create unique index gift_card_reserved_once on gift_card_movement (payment_id) where kind = 'reserved';
create unique index gift_card_ended_once on gift_card_movement (payment_id) where kind in ('released', 'redeemed');
create trigger gift_card_movement_append_only before update or delete or truncate on gift_card_movement
    for each statement execute function refuse_change();

-- The balance is changed by movements alone, under the lock of the card's row: two who pay at once wait for each other
-- here, whatever the code does, and the check of the row refuses whoever would take more than there is.
create function move_gift_card() returns trigger language plpgsql as $$
begin
    update gift_card set balance = balance + new.amount, reserved = reserved + new.reserved where id = new.card_id;
    return null;
end $$;
create trigger gift_card_movement_moves after insert on gift_card_movement
    for each row execute function move_gift_card();

create function check_gift_card_balance() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 and (tg_op = 'INSERT' and (new.balance, new.reserved) <> (0, 0) or tg_op = 'UPDATE'
       and (new.balance, new.reserved, new.currency) is distinct from (old.balance, old.reserved, old.currency)) then
        raise exception 'the balance of a gift card is changed by its movements alone' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger gift_card_balance_by_movements before insert or update on gift_card
    for each row execute function check_gift_card_balance();

-- What is issued belongs to no order. gift_cards_owed is what is on all cards together.
alter table ledger_entry alter column order_id drop not null;
alter table ledger_entry add column gift_card_id uuid references gift_card;
alter table ledger_entry add constraint ledger_entry_subject_check
    check ((order_id is null) = (gift_card_id is not null) and (gift_card_id is null or payment_id is null));
create index ledger_entry_by_gift_card on ledger_entry (gift_card_id) where gift_card_id is not null;
alter table ledger_entry drop constraint ledger_entry_account_check;
alter table ledger_entry add constraint ledger_entry_account_check
    check (account in ('cash_drawer', 'card_clearing', 'ticket_sales', 'refunds_owed', 'fees', 'tax_payable',
                       'cash_rounding', 'gift_cards_owed', 'vouchers_given'));

-- An order that is paid in several ways: one payment leads, and the others are parts of it and share its end.
alter table payment_attempt add column part_of uuid references payment_attempt;
alter table payment_attempt add column gift_card_id uuid references gift_card;
alter table payment_attempt drop constraint payment_attempt_method_check;
alter table payment_attempt add constraint payment_attempt_method_check
    check (method in ('cash', 'card', 'terminal', 'gift_card'));
alter table payment_attempt add constraint payment_attempt_gift_card_check
    check ((method = 'gift_card') = (gift_card_id is not null));
alter table payment_attempt add constraint payment_attempt_part_check
    check (part_of is null or (part_of <> id and method in ('cash', 'gift_card')
                               and state in ('authorised', 'captured', 'cancelled')));
create index payment_attempt_by_lead on payment_attempt (part_of) where part_of is not null;
drop index payment_attempt_one_captured;
drop index payment_attempt_one_running;
drop index payment_attempt_unsettled;
create unique index payment_attempt_one_captured on payment_attempt (order_id)
    where state = 'captured' and part_of is null;
create unique index payment_attempt_one_running on payment_attempt (order_id)
    where state in ('created', 'authorising', 'requires_action', 'authorised', 'in_doubt') and part_of is null;
create index payment_attempt_unsettled on payment_attempt (deadline)
    where state in ('created', 'authorising', 'requires_action', 'authorised', 'in_doubt') and part_of is null;
alter table repayment drop constraint repayment_method_check;
alter table repayment add constraint repayment_method_check
    check (method in ('cash', 'card', 'terminal', 'gift_card'));
alter table repayment add constraint repayment_gift_card_check check (method <> 'gift_card' or state = 'repaid');
