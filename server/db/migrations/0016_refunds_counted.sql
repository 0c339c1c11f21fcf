-- What was given back as it is counted and compared: one row a place, written by the consumer `analytics`. What a day took
-- is analytics.sales_by_day of that day without analytics.refunds_by_day of that day; neither is ever changed by the other.
create table analytics.refunded_line (
    fact_id         bigint not null,
    line_no         int not null,
    refund_id       uuid not null,
    order_id        uuid not null,
    order_number    text not null,
    performance_id  uuid not null,
    event_title     text not null,
    starts_at       timestamptz not null,
    zone_name       text not null,
    price_type_name text not null,
    channel         text not null,           -- by which it had been sold
    cause           text not null,
    currency        char(3) not null,
    amount          bigint not null,
    refunded_at     timestamptz not null,
    primary key (fact_id, line_no)
);
create index refunded_line_by_performance on analytics.refunded_line (performance_id, refunded_at);
create index refunded_line_by_time on analytics.refunded_line (refunded_at);
create view analytics.refunds_by_day as
    select date_trunc('day', refunded_at at time zone 'UTC')::date as day, performance_id, event_title, starts_at, zone_name,
           price_type_name, channel, cause, currency, count(*) as places, sum(amount)::bigint as amount
    from analytics.refunded_line
    group by 1, performance_id, event_title, starts_at, zone_name, price_type_name, channel, cause, currency;
