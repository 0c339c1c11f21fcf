-- Mails, order pages and refunds look for the tickets of an order.
create index ticket_by_order on ticket (order_id);
