-- What was given back has a paper of its own, numbered as receipts are (server/receipts/README.md): without a gap, under
-- the lock of its counter, which comes right before that of the receipts. A refund of nothing has none.
create table credit_note_counter (
    venue_id uuid not null references venue,
    year     int  not null,
    last     int  not null check (last > 0),
    primary key (venue_id, year)
);

create table credit_note (
    refund_id uuid primary key references refund,
    venue_id  uuid not null references venue,
    year      int  not null,                 -- of the venue's calendar
    number    int  not null check (number > 0),
    issued_at timestamptz not null,
    unique (venue_id, year, number)
);
-- What was given back before has its notes in the order in which it was.
insert into credit_note (refund_id, venue_id, year, number, issued_at)
    select f.id, v.id, extract(year from f.created_at at time zone v.time_zone)::int,
           row_number() over (partition by v.id, extract(year from f.created_at at time zone v.time_zone)
                              order by f.created_at, f.id),
           f.created_at
    from refund f join sale_order o on o.id = f.order_id join performance p on p.id = o.performance_id
    join event e on e.id = p.event_id join venue v on v.id = e.venue_id where f.amount > 0;
insert into credit_note_counter (venue_id, year, last) select venue_id, year, max(number) from credit_note group by 1, 2;
create trigger credit_note_append_only before update or delete or truncate on credit_note
    for each statement execute function refuse_change();
