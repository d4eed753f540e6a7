ALTER TABLE addresses ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE addresses FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON addresses USING ((SELECT app_is_market()) OR organization_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE allocations ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE allocations FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON allocations USING ((SELECT app_is_market()) OR seller_id = ANY ((SELECT app_orgs())::text[]) OR buyer_id = ANY ((SELECT app_orgs())::text[]) OR reseller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON api_keys USING ((SELECT app_is_market()) OR organization_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE assortment_rules ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE assortment_rules FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON assortment_rules USING ((SELECT app_is_market()) OR reseller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE cart_lines ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE cart_lines FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON cart_lines USING ((SELECT app_is_market()) OR buyer_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE carts ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE carts FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON carts USING ((SELECT app_is_market()) OR buyer_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE catalog_imports ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE catalog_imports FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON catalog_imports USING ((SELECT app_is_market()) OR manufacturer_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE channel_events ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE channel_events FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON channel_events USING ((SELECT app_is_market()) OR manufacturer_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE cost_centers ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE cost_centers FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON cost_centers USING ((SELECT app_is_market()) OR organization_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE credit_lines ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE credit_lines FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON credit_lines USING ((SELECT app_is_market()) OR buyer_id = ANY ((SELECT app_orgs())::text[]) OR reseller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE daily_facts ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE daily_facts FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON daily_facts USING ((SELECT app_is_market()) OR manufacturer_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE freight_rules ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE freight_rules FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON freight_rules USING ((SELECT app_is_market()) OR seller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON idempotency_keys USING ((SELECT app_is_market()) OR organization_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE import_rows ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE import_rows FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON import_rows USING ((SELECT app_is_market()) OR manufacturer_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE ledger_accounts ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE ledger_accounts FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON ledger_accounts USING ((SELECT app_is_market()) OR organization_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE line_shares ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE line_shares FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON line_shares USING ((SELECT app_is_market()) OR seller_id = ANY ((SELECT app_orgs())::text[]) OR reseller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE markup_rules ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE markup_rules FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON markup_rules USING ((SELECT app_is_market()) OR reseller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON memberships USING ((SELECT app_is_market()) OR organization_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE offer_import_rows ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE offer_import_rows FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON offer_import_rows USING ((SELECT app_is_market()) OR seller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE offer_imports ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE offer_imports FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON offer_imports USING ((SELECT app_is_market()) OR seller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE offers ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE offers FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON offers USING ((SELECT app_is_market()) OR seller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE order_lines ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE order_lines FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON order_lines USING ((SELECT app_is_market()) OR buyer_id = ANY ((SELECT app_orgs())::text[]) OR reseller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE order_minimums ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE order_minimums FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON order_minimums USING ((SELECT app_is_market()) OR seller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE orders ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE orders FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON orders USING ((SELECT app_is_market()) OR buyer_id = ANY ((SELECT app_orgs())::text[]) OR reseller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE payment_method_rules ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE payment_method_rules FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON payment_method_rules USING ((SELECT app_is_market()) OR reseller_id = ANY ((SELECT app_orgs())::text[]) OR organization_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE payments ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE payments FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON payments USING ((SELECT app_is_market()) OR buyer_id = ANY ((SELECT app_orgs())::text[]) OR reseller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE payout_accounts ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE payout_accounts FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON payout_accounts USING ((SELECT app_is_market()) OR organization_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE payouts ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE payouts FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON payouts USING ((SELECT app_is_market()) OR organization_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE price_list_assignments ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE price_list_assignments FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON price_list_assignments USING ((SELECT app_is_market()) OR owner_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE price_lists ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE price_lists FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON price_lists USING ((SELECT app_is_market()) OR owner_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE prices ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE prices FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON prices USING ((SELECT app_is_market()) OR owner_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE product_changes ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE product_changes FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON product_changes USING ((SELECT app_is_market()) OR manufacturer_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE refunds ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE refunds FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON refunds USING ((SELECT app_is_market()) OR buyer_id = ANY ((SELECT app_orgs())::text[]) OR reseller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE reservations ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE reservations FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON reservations USING ((SELECT app_is_market()) OR seller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE routing_decisions ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE routing_decisions FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON routing_decisions USING ((SELECT app_is_market()) OR operator_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE sales_assignments ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE sales_assignments FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON sales_assignments USING ((SELECT app_is_market()) OR reseller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE seller_authorizations ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE seller_authorizations FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON seller_authorizations USING ((SELECT app_is_market()) OR manufacturer_id = ANY ((SELECT app_orgs())::text[]) OR seller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE seller_orders ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE seller_orders FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON seller_orders USING ((SELECT app_is_market()) OR seller_id = ANY ((SELECT app_orgs())::text[]) OR buyer_id = ANY ((SELECT app_orgs())::text[]) OR reseller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE seller_pauses ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE seller_pauses FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON seller_pauses USING ((SELECT app_is_market()) OR seller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE shipment_lines ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shipment_lines FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON shipment_lines USING ((SELECT app_is_market()) OR seller_id = ANY ((SELECT app_orgs())::text[]) OR buyer_id = ANY ((SELECT app_orgs())::text[]) OR reseller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE shipments ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE shipments FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON shipments USING ((SELECT app_is_market()) OR seller_id = ANY ((SELECT app_orgs())::text[]) OR buyer_id = ANY ((SELECT app_orgs())::text[]) OR reseller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE stock_levels ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE stock_levels FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON stock_levels USING ((SELECT app_is_market()) OR seller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE stock_locations ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE stock_locations FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON stock_locations USING ((SELECT app_is_market()) OR seller_id = ANY ((SELECT app_orgs())::text[]))
--;
ALTER TABLE transfers ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE transfers FORCE ROW LEVEL SECURITY
--;
CREATE POLICY tenant ON transfers USING ((SELECT app_is_market()) OR organization_id = ANY ((SELECT app_orgs())::text[]))
--;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON postings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
--;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON state_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
--;
GRANT USAGE ON SCHEMA public TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON addresses TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON allocations TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON api_keys TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON assortment_rules TO "{app_role}"
--;
GRANT SELECT, INSERT ON audit_entries TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON brands TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON cart_lines TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON carts TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON catalog_imports TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON categories TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON channel_events TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON commission_rules TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON cost_centers TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON credit_lines TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON daily_facts TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON freight_rules TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON import_rows TO "{app_role}"
--;
GRANT SELECT, INSERT ON journal_entries TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger_accounts TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON line_shares TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON markup_rules TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON memberships TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON offer_import_rows TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON offer_imports TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON offers TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON operator_tasks TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON order_lines TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON order_minimums TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON organizations TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON payment_method_rules TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON payments TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON payout_accounts TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON payouts TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON pictures TO "{app_role}"
--;
GRANT SELECT, INSERT ON postings TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON price_list_assignments TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON price_lists TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON prices TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON product_changes TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON products TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON refunds TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON reservations TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON routing_decisions TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON routing_policies TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON sales_assignments TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON seller_authorizations TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON seller_orders TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON seller_pauses TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON shipment_lines TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON shipments TO "{app_role}"
--;
GRANT SELECT, INSERT ON state_changes TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON stock_levels TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON stock_locations TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON storefronts TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON transfers TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON user_sessions TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON users TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON variants TO "{app_role}"
--;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_receipts TO "{app_role}"
--;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{app_role}"
