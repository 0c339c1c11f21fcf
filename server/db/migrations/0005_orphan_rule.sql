-- The orphan rule (design section 5): whether a sale may leave a seat alone, and what clerks did against it.
alter table performance add column orphan_rule text not null default 'off'
    check (orphan_rule in ('off', 'lenient', 'strict'));

-- A hold that is made click by click is judged by its order.
alter table hold add column still_choosing boolean not null default false;

-- Written in the transaction that makes the order; nobody waits for these rows.
create table orphan_override (
    order_id   uuid primary key references sale_order,
    seats      int[] not null,               -- those that were left alone
    reason     text not null,
    created_at timestamptz not null default now()
);
