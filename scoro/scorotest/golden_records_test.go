package scorotest_test

// moduleRecords are the records of golden cases that begin with an empty
// site: the module, and the record as text.
var moduleRecords = map[string][]record{
	"list-activities": {
		{"activities", `{"activity_id": 3, "name": "Design", "parent_id": 2, "parent_name": "Creative", "is_group": 0, "is_active": 1, "product_id": 14, "modified_date": "2026-01-07T10:00:00+02:00"}`},
		{"activities", `{"activity_id": 4, "name": "Travel", "is_active": 0, "modified_date": "2026-02-10T10:00:00+02:00"}`},
	},
	"view-activity": {
		{"activities", `{"activity_id": 3, "name": "Design", "parent_id": 2, "parent_name": "Creative", "is_group": 0, "is_active": 1, "product_id": 14, "modified_date": "2026-01-07T10:00:00+02:00"}`},
	},
	"create-activity": {},
	"delete-activity": {
		{"activities", `{"activity_id": 3, "name": "Design", "parent_id": 2, "parent_name": "Creative", "is_group": 0, "is_active": 1, "product_id": 14, "modified_date": "2026-01-07T10:00:00+02:00"}`},
	},
	"list-addresses": {
		{"addresses", `{"country": [{"country_code": "est", "country_name": "Estonia"}, {"country_code": "fin", "country_name": "Finland"}], "county": [{"county": "Harju"}], "municipality": [], "city": [{"city": "Tallinn"}], "street": [], "zipcode": [{"zipcode": "10111"}]}`},
	},
	"list-bills": {
		{"bills", `{"id": 12, "no": "A-77", "is_chargeable": 1, "dateofpayment": "2026-02-20", "payment_type": "banktransfer", "recognition_date": "2026-02-01", "reference_no": "1234", "purchase_order_id": 5, "company_id": 4, "currency": "EUR", "owner_id": 3, "date": "2026-02-02", "deadline": "2026-02-16", "status": "paid", "description": "Office", "account_id": "demoaccount", "vat": "24", "currency_rate": "1", "sum": "41.00", "vat_sum": "9.84", "lines": [{"id": 31, "product_id": 2, "product_name": "Paper", "comment": "A4", "price": "4.10", "amount": "10", "vat": "24", "unit": "box", "finance_account_id": 7}], "created_date": "2026-02-02T10:00:00+02:00", "modified_date": "2026-02-20T12:30:00+02:00", "custom_fields": [{"id": "c_cost_centre", "value": "HQ"}]}`},
		{"bills", `{"id": 13, "no": "78", "is_chargeable": 1, "dateofpayment": "2026-02-20", "payment_type": "banktransfer", "recognition_date": "2026-02-01", "reference_no": "1234", "purchase_order_id": 5, "company_id": 4, "currency": "EUR", "owner_id": 3, "date": "2026-02-02", "deadline": "2026-02-16", "status": "unpaid", "description": "Office", "account_id": "demoaccount", "vat": "24", "currency_rate": "1", "sum": "41.00", "vat_sum": "9.84", "lines": [{"id": 31, "product_id": 2, "product_name": "Paper", "comment": "A4", "price": "4.10", "amount": "10", "vat": "24", "unit": "box", "finance_account_id": 7}], "created_date": "2026-02-02T10:00:00+02:00", "modified_date": "2026-02-20T12:30:00+02:00", "custom_fields": [{"id": "c_cost_centre", "value": "HQ"}]}`},
	},
	"view-bill": {
		{"bills", `{"id": 12, "no": "A-77", "is_chargeable": 1, "dateofpayment": "2026-02-20", "payment_type": "banktransfer", "recognition_date": "2026-02-01", "reference_no": "1234", "purchase_order_id": 5, "company_id": 4, "currency": "EUR", "owner_id": 3, "date": "2026-02-02", "deadline": "2026-02-16", "status": "paid", "description": "Office", "account_id": "demoaccount", "vat": "24", "currency_rate": "1", "sum": "41.00", "vat_sum": "9.84", "lines": [{"id": 31, "product_id": 2, "product_name": "Paper", "comment": "A4", "price": "4.10", "amount": "10", "vat": "24", "unit": "box", "finance_account_id": 7}], "created_date": "2026-02-02T10:00:00+02:00", "modified_date": "2026-02-20T12:30:00+02:00", "custom_fields": [{"id": "c_cost_centre", "value": "HQ"}]}`},
	},
	"update-bill": {
		{"bills", `{"id": 12, "no": "A-77", "is_chargeable": 1, "dateofpayment": "2026-02-20", "payment_type": "banktransfer", "recognition_date": "2026-02-01", "reference_no": "1234", "purchase_order_id": 5, "company_id": 4, "currency": "EUR", "owner_id": 3, "date": "2026-02-02", "deadline": "2026-02-16", "status": "paid", "description": "Office", "account_id": "demoaccount", "vat": "24", "currency_rate": "1", "sum": "41.00", "vat_sum": "9.84", "lines": [{"id": 31, "product_id": 2, "product_name": "Paper", "comment": "A4", "price": "4.10", "amount": "10", "vat": "24", "unit": "box", "finance_account_id": 7}], "created_date": "2026-02-02T10:00:00+02:00", "modified_date": "2026-02-20T12:30:00+02:00", "custom_fields": [{"id": "c_cost_centre", "value": "HQ"}]}`},
	},
	"delete-bill": {
		{"bills", `{"id": 12, "no": "A-77", "is_chargeable": 1, "dateofpayment": "2026-02-20", "payment_type": "banktransfer", "recognition_date": "2026-02-01", "reference_no": "1234", "purchase_order_id": 5, "company_id": 4, "currency": "EUR", "owner_id": 3, "date": "2026-02-02", "deadline": "2026-02-16", "status": "paid", "description": "Office", "account_id": "demoaccount", "vat": "24", "currency_rate": "1", "sum": "41.00", "vat_sum": "9.84", "lines": [{"id": 31, "product_id": 2, "product_name": "Paper", "comment": "A4", "price": "4.10", "amount": "10", "vat": "24", "unit": "box", "finance_account_id": 7}], "created_date": "2026-02-02T10:00:00+02:00", "modified_date": "2026-02-20T12:30:00+02:00", "custom_fields": [{"id": "c_cost_centre", "value": "HQ"}]}`},
	},
	"list-bookmarks": {
		{"bookmarks", `{"bookmark_id": 111, "title": "Late projects", "module": "projects"}`},
	},
	"list-events": {
		{"calendar", `{"event_id": 8, "event_name": "Kick-off", "project_id": 9, "owner_id": 2, "start_datetime": "2026-03-02T09:00:00+02:00", "end_datetime": "2026-03-02T10:30:00+02:00", "full_day_event": 0, "status": "tentative", "address": "Room A", "cal_user": [3, 5], "resources": [{"resource_id": 1, "resource_name": "Room A", "resource_color": "#ff0000"}], "duration_planned": "01:30:00", "billable_time_type": "billable", "guests": [{"contact_id": 7, "guest_email": "guest@example.com"}], "modified_date": "2026-02-27T10:00:00+02:00", "created_date": "2026-02-27T10:00:00+02:00"}`},
	},
	"view-event": {
		{"calendar", `{"event_id": 8, "event_name": "Kick-off", "project_id": 9, "owner_id": 2, "start_datetime": "2026-03-02T09:00:00+02:00", "end_datetime": "2026-03-02T10:30:00+02:00", "full_day_event": 0, "status": "tentative", "address": "Room A", "cal_user": [3, 5], "resources": [{"resource_id": 1, "resource_name": "Room A", "resource_color": "#ff0000"}], "duration_planned": "01:30:00", "billable_time_type": "billable", "guests": [{"contact_id": 7, "guest_email": "guest@example.com"}], "modified_date": "2026-02-27T10:00:00+02:00", "created_date": "2026-02-27T10:00:00+02:00"}`},
	},
	"create-event": {},
	"delete-event": {
		{"calendar", `{"event_id": 8, "event_name": "Kick-off", "project_id": 9, "owner_id": 2, "start_datetime": "2026-03-02T09:00:00+02:00", "end_datetime": "2026-03-02T10:30:00+02:00", "full_day_event": 0, "status": "tentative", "address": "Room A", "cal_user": [3, 5], "resources": [{"resource_id": 1, "resource_name": "Room A", "resource_color": "#ff0000"}], "duration_planned": "01:30:00", "billable_time_type": "billable", "guests": [{"contact_id": 7, "guest_email": "guest@example.com"}], "modified_date": "2026-02-27T10:00:00+02:00", "created_date": "2026-02-27T10:00:00+02:00"}`},
	},
	"list-categories": {
		{"categories", `{"cat_id": 2, "cat_name": "Partner", "symbol": "P", "description": "", "modified_date": "2026-01-07T10:00:00+02:00"}`},
	},
	"view-client-profile": {
		{"clientProfiles", `{"id": 3, "name": "Net 14", "discount": "5.50", "discount2": "0", "vat_code_id": 2, "deadline_days": 14, "fine": "0.05", "currency": "EUR", "payment_type": "banktransfer", "language_id": "eng", "price_list_id": 1, "created_date": "2026-01-05T10:00:00+02:00", "modified_date": "2026-01-07T10:00:00+02:00"}`},
	},
	"update-client-profile": {
		{"clientProfiles", `{"id": 3, "name": "Net 14", "discount": "5.50", "discount2": "0", "vat_code_id": 2, "deadline_days": 14, "fine": "0.05", "currency": "EUR", "payment_type": "banktransfer", "language_id": "eng", "price_list_id": 1, "created_date": "2026-01-05T10:00:00+02:00", "modified_date": "2026-01-07T10:00:00+02:00"}`},
	},
	"delete-comment": {
		{"comments", `{"comment_id": 6, "module": "projects", "object_id": 1, "comment": "x", "user_id": 1}`},
	},
	"list-companies": {
		{"companies", `{"contact_id": 21, "name": "Harbour Works", "contact_type": "company", "vatno": "EE000000021", "is_client": 1, "manager_id": 2, "addresses": [{"country": "est", "city": "Tartu"}], "means_of_contact": {"email": ["a@example.com"]}, "tags": ["partner"], "modified_date": "2026-02-01T10:00:00+02:00"}`},
	},
	"create-company": {},
	"delete-company": {
		{"companies", `{"contact_id": 21, "name": "Harbour Works", "contact_type": "company", "vatno": "EE000000021", "is_client": 1, "manager_id": 2, "addresses": [{"country": "est", "city": "Tartu"}], "means_of_contact": {"email": ["a@example.com"]}, "tags": ["partner"], "modified_date": "2026-02-01T10:00:00+02:00"}`},
	},
	"delete-contact": {
		{"contacts", `{"contact_id": 21, "name": "Harbour Works", "contact_type": "company", "vatno": "EE000000021", "is_client": 1, "manager_id": 2, "addresses": [{"country": "est", "city": "Tartu"}], "means_of_contact": {"email": ["a@example.com"]}, "tags": ["partner"], "modified_date": "2026-02-01T10:00:00+02:00"}`},
	},
	"related-of-contact": {
		{"contacts", `{"contact_id": 21, "name": "Harbour Works", "contact_type": "company", "vatno": "EE000000021", "is_client": 1, "manager_id": 2, "addresses": [{"country": "est", "city": "Tartu"}], "means_of_contact": {"email": ["a@example.com"]}, "tags": ["partner"], "modified_date": "2026-02-01T10:00:00+02:00"}`},
		{"projects", `{"project_id": 4, "project_name": "Move", "company_id": 21}`},
	},
	"view-company-account": {},
	"list-custom-fields": {
		{"customFields", `{"id": "c_priority", "name": "Priority", "type": "select", "is_filterable": 1, "modules": [{"id": 4, "title": "Assets", "path": "assets"}]}`},
	},
	"view-custom-module": {
		{"customModules", `{"id": 4, "title": "Assets", "path": "assets", "full_path": "main/assets", "parent_module_id": 1, "primary_custom_field_name": "c_name", "use_permissions": 1, "use_statuses": 0, "use_board_view": 1, "created_user": 2, "modified_user": 3, "created_date": "2026-01-05T10:00:00+02:00", "modified_date": "2026-01-07T10:00:00+02:00"}`},
	},
	"list-depots": {
		{"depot", `{"depot_id": 2, "depot_name": "Harbour", "comments": "by the gate"}`},
	},
	"list-event-resources": {
		{"eventsResources", `{"resource_id": 1, "resource_name": "Room A", "resource_color": "#ff0000", "modified_date": "2026-01-07T10:00:00+02:00"}`},
	},
	"view-expense": {
		{"expenses", `{"id": 5, "no": "E-5", "due_date": "2026-03-10", "recognition_date": "2026-03-01", "owner_id": 4, "comment": "Train", "is_chargeable": 1, "is_reimbursable": 1, "company_id": 4, "status": "unpaid", "account_id": "demoaccount", "project_id": 9, "currency": "EUR", "date": "2026-03-01", "lines": [{"id": 3, "description": "Ticket", "quantity": "2", "price": "12.40", "sum": "24.80", "tax_percentage": "9", "unit": "pc"}], "created_date": "2026-03-01T08:00:00+02:00", "modified_date": "2026-03-01T08:00:00+02:00"}`},
	},
	"create-expense": {},
	"list-files": {
		{"files", `{"file_id": 7, "file_name": "plan.pdf", "file_type": "pdf", "file_size": 51200, "hash": "0a1b2c", "repository": "local", "uploaded_by": 2, "is_private": 0, "is_public": 0, "rel_type": "projects", "rel_id": 4, "relations": {"projects": [4, 5]}}`},
		{"files", `{"file_id": 8, "file_name": "plan.pdf", "file_type": "pdf", "file_size": 51200, "hash": "0a1b2c", "repository": "local", "uploaded_by": 2, "is_private": 0, "is_public": 0, "rel_type": "projects", "rel_id": 9, "relations": {"projects": [4, 5]}}`},
	},
	"view-file": {
		{"files", `{"file_id": 7, "file_name": "plan.pdf", "file_type": "pdf", "file_size": 51200, "hash": "0a1b2c", "repository": "local", "uploaded_by": 2, "is_private": 0, "is_public": 0, "rel_type": "projects", "rel_id": 4, "relations": {"projects": [4, 5]}}`},
	},
	"upload-file": {},
	"download-file": {
		{"files", `{"file_id": 7, "file_name": "plan.pdf", "file_type": "pdf", "file_size": 51200, "hash": "0a1b2c", "repository": "local", "uploaded_by": 2, "is_private": 0, "is_public": 0, "rel_type": "projects", "rel_id": 4, "relations": {"projects": [4, 5]}}`},
	},
	"relate-file": {
		{"files", `{"file_id": 7, "file_name": "plan.pdf", "file_type": "pdf", "file_size": 51200, "hash": "0a1b2c", "repository": "local", "uploaded_by": 2, "is_private": 0, "is_public": 0, "rel_type": "projects", "rel_id": 4, "relations": {"projects": [4, 5]}}`},
	},
	"unrelate-file": {
		{"files", `{"file_id": 7, "file_name": "plan.pdf", "file_type": "pdf", "file_size": 51200, "hash": "0a1b2c", "repository": "local", "uploaded_by": 2, "is_private": 0, "is_public": 0, "rel_type": "projects", "rel_id": 4, "relations": {"projects": [4, 5]}}`},
	},
	"list-finance-accounts": {
		{"financeAccounts", `{"id": 7, "account_symbol": "4000", "name": "Sales", "parent_id": 1, "parent_name": "Income", "is_active": 1, "is_sales_account": 1, "is_purchases_account": 0, "created_date": "2026-01-05T10:00:00+02:00", "modified_date": "2026-01-07T10:00:00+02:00"}`},
	},
	"view-finance-object": {
		{"financeObjects", `{"object_id": 3, "object_symbol": "HQ", "name": "Headquarters", "parent_group_name": "Places"}`},
	},
	"delete-invoice": {
		{"invoices", `{"id": 40, "no": "2040", "company_id": 4, "status": "unpaid"}`},
	},
	"update-local-price-list": {
		{"localPriceLists", `{"id": 6, "price_list_id": 1, "name": "Office move", "currency": "EUR", "role_prices": [{"role_id": 1, "selling_price": "90.00"}, {"role_id": 2, "selling_price": "120.00"}], "created_user": 2, "modified_user": 2, "created_date": "2026-01-05T10:00:00+02:00", "modified_date": "2026-01-07T10:00:00+02:00"}`},
	},
	"list-notifications": {
		{"notifications", `{"id": 9, "structure_id": 4, "remind_type": "scoro", "module": "projects", "user_id": 1, "notifier_id": 3, "date_added": "2026-02-27T10:00:00+02:00", "status": "unread", "action": "edit", "notification_action_text": "changed", "notification_title_text": "Move"}`},
	},
	"update-notification": {
		{"notifications", `{"id": 9, "structure_id": 4, "remind_type": "scoro", "module": "projects", "user_id": 1, "notifier_id": 3, "date_added": "2026-02-27T10:00:00+02:00", "status": "unread", "action": "edit", "notification_action_text": "changed", "notification_title_text": "Move"}`},
	},
	"list-orders": {
		{"orders", `{"id": 14, "no": "3014", "quote_id": 6, "company_id": 4, "currency": "EUR", "owner_id": 2, "date": "2026-02-02", "deadline": "2026-03-02", "shipment_date": "2026-02-20", "status": "confirmed", "account_id": "demoaccount", "is_role_based": 0, "is_sent": 1, "sum": "800.00", "lines": [{"id": 51, "product_id": 2, "comment": "Design", "price": "80.00", "amount": "10", "unit": "h", "cost": "40", "doer_id": 3, "dates": {"2026-02-03": "4", "2026-02-04": "6"}}], "created_date": "2026-02-02T10:00:00+02:00", "modified_date": "2026-02-03T10:00:00+02:00"}`},
		{"orders", `{"id": 15, "no": "3015", "quote_id": 6, "company_id": 4, "currency": "EUR", "owner_id": 2, "date": "2026-02-02", "deadline": "2026-03-02", "shipment_date": "2026-02-20", "status": "confirmed", "account_id": "demoaccount", "is_role_based": 0, "is_sent": 1, "sum": "800.00", "lines": [{"id": 51, "product_id": 2, "comment": "Design", "price": "80.00", "amount": "10", "unit": "h", "cost": "40", "doer_id": 3, "dates": {"2026-02-03": "4", "2026-02-04": "6"}}], "created_date": "2026-02-02T10:00:00+02:00", "modified_date": "2026-02-03T10:00:00+02:00"}`},
	},
	"view-order": {
		{"orders", `{"id": 14, "no": "3014", "quote_id": 6, "company_id": 4, "currency": "EUR", "owner_id": 2, "date": "2026-02-02", "deadline": "2026-03-02", "shipment_date": "2026-02-20", "status": "confirmed", "account_id": "demoaccount", "is_role_based": 0, "is_sent": 1, "sum": "800.00", "lines": [{"id": 51, "product_id": 2, "comment": "Design", "price": "80.00", "amount": "10", "unit": "h", "cost": "40", "doer_id": 3, "dates": {"2026-02-03": "4", "2026-02-04": "6"}}], "created_date": "2026-02-02T10:00:00+02:00", "modified_date": "2026-02-03T10:00:00+02:00"}`},
	},
	"create-order": {},
	"pdf-of-order": {
		{"orders", `{"id": 14, "no": "3014", "quote_id": 6, "company_id": 4, "currency": "EUR", "owner_id": 2, "date": "2026-02-02", "deadline": "2026-03-02", "shipment_date": "2026-02-20", "status": "confirmed", "account_id": "demoaccount", "is_role_based": 0, "is_sent": 1, "sum": "800.00", "lines": [{"id": 51, "product_id": 2, "comment": "Design", "price": "80.00", "amount": "10", "unit": "h", "cost": "40", "doer_id": 3, "dates": {"2026-02-03": "4", "2026-02-04": "6"}}], "created_date": "2026-02-02T10:00:00+02:00", "modified_date": "2026-02-03T10:00:00+02:00"}`},
	},
	"list-pdf-templates": {
		{"pdfTemplates", `{"id": 2, "name": "Plain", "type": "invoices", "status": "active"}`},
		{"pdfTemplates", `{"id": 3, "name": "Long", "type": "quotes", "status": "active"}`},
	},
	"view-prepayment": {
		{"prepayments", `{"id": 16, "no": "4016", "company_id": 4, "prepayment_percent": "30", "quote_id": 6, "order_id": 14, "status": "unpaid", "fine": "0.05", "currency": "EUR", "date": "2026-02-02", "vat": "24", "sum": "300.00", "vat_sum": "72.00", "lines": [{"id": 61, "comment": "30 %", "price": "300", "amount": "1"}], "modified_date": "2026-02-03T10:00:00+02:00", "created_date": "2026-02-02T10:00:00+02:00"}`},
	},
	"pdf-of-prepayment": {
		{"prepayments", `{"id": 16, "no": "4016", "company_id": 4, "prepayment_percent": "30", "quote_id": 6, "order_id": 14, "status": "unpaid", "fine": "0.05", "currency": "EUR", "date": "2026-02-02", "vat": "24", "sum": "300.00", "vat_sum": "72.00", "lines": [{"id": 61, "comment": "30 %", "price": "300", "amount": "1"}], "modified_date": "2026-02-03T10:00:00+02:00", "created_date": "2026-02-02T10:00:00+02:00"}`},
	},
	"list-price-lists": {
		{"priceLists", `{"id": 1, "name": "Standard", "currency": "EUR", "is_default": 1}`},
	},
	"list-products": {
		{"products", `{"product_id": 2, "code": "DES", "name": "Design", "price": "80.00", "buying_price": "40.5", "price_list": 1, "description": {"eng": "Design work", "est": "Disain"}, "description2": "", "unit": "h", "amount": "1", "url": "https://demo.example/design", "default_type": "inhouse", "productgroup_id": 3, "is_active": 1, "is_service": 1, "no_discounts": 0, "default_vat_code_id": 2, "depots_total_amount": "7.5", "depot_amounts": {"2": "7.5"}, "product_accounts": [{"id": "demoaccount"}], "created_date": "2026-01-05T10:00:00+02:00", "modified_date": "2026-01-07T10:00:00+02:00"}`},
	},
	"view-product": {
		{"products", `{"product_id": 2, "code": "DES", "name": "Design", "price": "80.00", "buying_price": "40.5", "price_list": 1, "description": {"eng": "Design work", "est": "Disain"}, "description2": "", "unit": "h", "amount": "1", "url": "https://demo.example/design", "default_type": "inhouse", "productgroup_id": 3, "is_active": 1, "is_service": 1, "no_discounts": 0, "default_vat_code_id": 2, "depots_total_amount": "7.5", "depot_amounts": {"2": "7.5"}, "product_accounts": [{"id": "demoaccount"}], "created_date": "2026-01-05T10:00:00+02:00", "modified_date": "2026-01-07T10:00:00+02:00"}`},
	},
	"create-product": {},
	"delete-product": {
		{"products", `{"product_id": 2, "code": "DES", "name": "Design", "price": "80.00", "buying_price": "40.5", "price_list": 1, "description": {"eng": "Design work", "est": "Disain"}, "description2": "", "unit": "h", "amount": "1", "url": "https://demo.example/design", "default_type": "inhouse", "productgroup_id": 3, "is_active": 1, "is_service": 1, "no_discounts": 0, "default_vat_code_id": 2, "depots_total_amount": "7.5", "depot_amounts": {"2": "7.5"}, "product_accounts": [{"id": "demoaccount"}], "created_date": "2026-01-05T10:00:00+02:00", "modified_date": "2026-01-07T10:00:00+02:00"}`},
	},
	"list-product-groups": {
		{"productGroups", `{"id": 3, "parent_group_id": 1, "name": "Services", "comments": "", "pcs_per_package": 1, "account_name": "Demo company 1"}`},
	},
	"list-phases": {
		{"projectPhases", `{"id": 9, "project_id": 4, "type": "milestone", "title": "Sign-off", "start_date": "2026-03-01", "end_date": "2026-03-15", "ordering": 2, "quote_line_id": 0}`},
	},
	"delete-project": {
		{"projects", `{"project_id": 4, "project_name": "Move"}`},
	},
	"view-purchase-order": {
		{"purchaseOrders", `{"id": 18, "no": "5018", "company_id": 4, "order_id": 14, "delivery_date": "2026-03-20", "confirmed_date": "2026-02-05T09:00:00+02:00", "status": "sent", "currency": "EUR", "sum": "400.00", "lines": [{"id": 71, "product_id": 2, "comment": "Paper", "price": "4", "amount": "100", "is_settled": 0}], "modified_date": "2026-02-06T10:00:00+02:00", "created_date": "2026-02-05T08:00:00+02:00"}`},
	},
	"update-purchase-order": {
		{"purchaseOrders", `{"id": 18, "no": "5018", "company_id": 4, "order_id": 14, "delivery_date": "2026-03-20", "confirmed_date": "2026-02-05T09:00:00+02:00", "status": "sent", "currency": "EUR", "sum": "400.00", "lines": [{"id": 71, "product_id": 2, "comment": "Paper", "price": "4", "amount": "100", "is_settled": 0}], "modified_date": "2026-02-06T10:00:00+02:00", "created_date": "2026-02-05T08:00:00+02:00"}`},
	},
	"delete-purchase-order": {
		{"purchaseOrders", `{"id": 18, "no": "5018", "company_id": 4, "order_id": 14, "delivery_date": "2026-03-20", "confirmed_date": "2026-02-05T09:00:00+02:00", "status": "sent", "currency": "EUR", "sum": "400.00", "lines": [{"id": 71, "product_id": 2, "comment": "Paper", "price": "4", "amount": "100", "is_settled": 0}], "modified_date": "2026-02-06T10:00:00+02:00", "created_date": "2026-02-05T08:00:00+02:00"}`},
	},
	"list-quotes": {
		{"quotes", `{"id": 20, "no": "6020", "company_id": 4, "status": "open", "estimated_closing_date": "2026-04-01", "estimated_duration": "12.5", "currency": "EUR", "lines": [{"id": 81, "product_id": 2, "price": "80", "amount": "2", "is_confirmed": 1}], "modified_date": "2026-02-06T10:00:00+02:00", "created_date": "2026-02-05T08:00:00+02:00"}`},
	},
	"update-quote": {
		{"quotes", `{"id": 20, "no": "6020", "company_id": 4, "status": "open", "estimated_closing_date": "2026-04-01", "estimated_duration": "12.5", "currency": "EUR", "lines": [{"id": 81, "product_id": 2, "price": "80", "amount": "2", "is_confirmed": 1}], "modified_date": "2026-02-06T10:00:00+02:00", "created_date": "2026-02-05T08:00:00+02:00"}`},
	},
	"pdf-of-quote": {
		{"quotes", `{"id": 20, "no": "6020", "company_id": 4, "status": "open", "estimated_closing_date": "2026-04-01", "estimated_duration": "12.5", "currency": "EUR", "lines": [{"id": 81, "product_id": 2, "price": "80", "amount": "2", "is_confirmed": 1}], "modified_date": "2026-02-06T10:00:00+02:00", "created_date": "2026-02-05T08:00:00+02:00"}`},
	},
	"list-receipts": {
		{"receipts", `{"id": 22, "date": "2026-02-20", "contact_id": 4, "sum": "150.00", "currency": "EUR", "sales_doc_type": "invoices", "receipt_account_id": 1, "receipts": [{"receipt_id": 101, "date": "2026-02-20", "invoice_id": 40, "invoice_no": "2040", "sum": "150.00", "contact_id": 4, "contact_name": "Harbour Works"}], "modified_date": "2026-02-20T12:00:00+02:00"}`},
	},
	"create-receipt": {},
	"delete-receipt": {
		{"receipts", `{"id": 22, "date": "2026-02-20", "contact_id": 4, "sum": "150.00", "currency": "EUR", "sales_doc_type": "invoices", "receipt_account_id": 1, "receipts": [{"receipt_id": 101, "date": "2026-02-20", "invoice_id": 40, "invoice_no": "2040", "sum": "150.00", "contact_id": 4, "contact_name": "Harbour Works"}], "modified_date": "2026-02-20T12:00:00+02:00"}`},
	},
	"list-receipt-accounts": {
		{"receiptAccounts", `{"id": 1, "name": "Main account", "type": "bank"}`},
	},
	"list-relations": {
		{"relations", `{"object_id": 21, "type": "contacts", "related_objects": {"contacts": [{"id": 30, "relation": "employer", "comment": "since 2020", "is_default": 1}]}}`},
	},
	"create-relation": {},
	"delete-relation": {},
	"list-relation-types": {
		{"relationTypes", `{"relation_name": "Employment", "relation_side_one": "employer", "relation_side_two": "employee", "relation_object_type": "contacts"}`},
	},
	"list-retainers": {
		{"retainers", `{"id": 3, "retainer_id": 3, "retainer_periods": [{"id": 1, "start_date": "2026-01-01", "end_date": "2026-01-31"}, {"id": 2, "start_date": "2026-02-01", "end_date": "2026-02-28"}]}`},
	},
	"list-roles": {
		{"roles", `{"role_id": 2, "role_name": "Designer", "role_users": [{"id": 5, "full_name": "Eva Lepp", "email": "user5@example.com"}]}`},
	},
	"view-user-role": {
		{"userRoles", `{"role_id": 2, "role_name": "Designer", "role_users": [{"id": 5, "full_name": "Eva Lepp", "email": "user5@example.com"}]}`},
	},
	"list-role-prices": {
		{"rolesPrices", `{"role_id": 2, "price_list_id": 1, "role_name": "Designer", "pricelist_name": "Standard", "selling_price": "120.00", "currency": "EUR"}`},
	},
	"view-scheduled-invoice": {
		{"scheduledInvoices", `{"id": 24, "company_id": 4, "deadline_days": 14, "generate_type": "monthly", "next_generation_date": "2026-04-01", "last_generation_date": "2026-03-01", "auto_send": 1, "lang": "eng", "cc": "cc@example.com", "bcc": "", "mail_from": "office@example.com", "fine": "0.05", "status": "active", "currency": "EUR", "sum": "50.00", "lines": [{"id": 91, "comment": "Hosting", "price": "50", "amount": "1"}], "modified_date": "2026-03-01T10:00:00+02:00", "created_date": "2026-01-05T10:00:00+02:00"}`},
	},
	"search": {
		{"projects", `{"project_id": 4, "project_name": "Office move"}`},
		{"contacts", `{"contact_id": 1, "name": "Movers"}`},
	},
	"list-send-log": {
		{"sendLog", `{"id": 5, "datetime": "2026-02-20T12:00:00+02:00", "sender_id": 2, "sent_from": "office@example.com", "sent_to": ["a@example.com", "b@example.com"], "contact_id": [21, 22], "type": "invoices", "doc_id": 40, "project_id": 4, "subject": "Your invoice", "message": "<p>Hello</p>", "send_type": "email", "is_sent": 1, "is_draft": 0}`},
	},
	"list-statuses": {
		{"statuses", `{"status_id": "additional6", "status_name": "On hold", "color": "#99ccff", "module": "projects", "is_default": 0, "modified_date": "2026-01-07T10:00:00+02:00"}`},
		{"statuses", `{"status_id": "open", "status_name": "Open", "module": "quotes"}`},
	},
	"list-tags": {
		{"tags", `{"tag_id": 4, "tag_name": "fixed price", "parent_id": 1, "parent_name": "Pricing"}`},
	},
	"view-task": {
		{"tasks", `{"event_id": 30, "event_name": "Draft", "project_id": 4, "status": "task_status2", "is_completed": 0, "related_users": [2, 5], "duration_planned": "08:30:00", "datetime_due": "2026-03-10T18:00:00+02:00", "priority_id": 1, "owner_id": 2, "created_user": 2, "modified_user": 2, "created_date": "2026-02-05T08:00:00+02:00", "modified_date": "2026-02-06T10:00:00+02:00", "parent_id": null}`},
		{"timeEntries", `{"time_entry_id": 51, "event_id": 30, "event_type": "task", "user_id": 2, "duration": "02:15:00", "billable_duration": "02:00:00", "time_entry_date": "2026-03-01", "start_datetime": "2026-03-01T09:00:00+02:00", "end_datetime": "2026-03-01T11:15:00+02:00", "is_completed": 0, "modified_date": "2026-03-01T12:00:00+02:00"}`},
	},
	"delete-time-entry": {
		{"tasks", `{"event_id": 30, "event_name": "Draft", "project_id": 4, "status": "task_status2", "is_completed": 0, "related_users": [2, 5], "duration_planned": "08:30:00", "datetime_due": "2026-03-10T18:00:00+02:00", "priority_id": 1, "owner_id": 2, "created_user": 2, "modified_user": 2, "created_date": "2026-02-05T08:00:00+02:00", "modified_date": "2026-02-06T10:00:00+02:00", "parent_id": null}`},
		{"timeEntries", `{"time_entry_id": 51, "event_id": 30, "event_type": "task", "user_id": 2, "duration": "02:15:00", "billable_duration": "02:00:00", "time_entry_date": "2026-03-01", "start_datetime": "2026-03-01T09:00:00+02:00", "end_datetime": "2026-03-01T11:15:00+02:00", "is_completed": 0, "modified_date": "2026-03-01T12:00:00+02:00"}`},
	},
	"finish-time-entry": {
		{"tasks", `{"event_id": 30, "event_name": "Draft", "project_id": 4, "status": "task_status2", "is_completed": 0, "related_users": [2, 5], "duration_planned": "08:30:00", "datetime_due": "2026-03-10T18:00:00+02:00", "priority_id": 1, "owner_id": 2, "created_user": 2, "modified_user": 2, "created_date": "2026-02-05T08:00:00+02:00", "modified_date": "2026-02-06T10:00:00+02:00", "parent_id": null}`},
		{"timeEntries", `{"time_entry_id": 51, "event_id": 30, "event_type": "task", "user_id": 2, "duration": "02:15:00", "billable_duration": "02:00:00", "time_entry_date": "2026-03-01", "start_datetime": "2026-03-01T09:00:00+02:00", "end_datetime": "2026-03-01T11:15:00+02:00", "is_completed": 0, "modified_date": "2026-03-01T12:00:00+02:00"}`},
	},
	"list-time-off": {
		{"timeOffs", `{"id": 2, "type": "vacation", "usersDates": [{"user_id": 3, "dates": [{"date": "2026-03-05", "value": -1}, {"date": "2026-03-06", "value": 14400}]}]}`},
	},
	"view-trigger": {
		{"triggers", `{"id": 6, "module": "tasks", "name": "Tell us", "status": "active", "is_shared": 1, "user_id": 2, "filter_data": {"tasks": {"logical_operator": "AND", "blocks": []}}, "activities": [{"tasks": "modify"}], "actions": [{"id": 1, "trigger_id": 6, "type": "WebHook", "action_data": {"urlToPost": "https://hooks.example.com/scoro"}}]}`},
	},
	"create-trigger": {},
	"view-user-group": {
		{"userGroups", `{"group_id": 2, "group_name": "Design", "comment": "", "is_hidden": 0}`},
	},
	"view-labor-cost": {
		{"usersLaborCost", `{"user_id": 3, "labor_cost": [{"date": "2025-01-01", "hour_cost": "28.00"}, {"date": "2026-01-01", "hour_cost": "31.50"}]}`},
	},
	"update-labor-cost": {
		{"usersLaborCost", `{"user_id": 3, "labor_cost": [{"date": "2025-01-01", "hour_cost": "28.00"}, {"date": "2026-01-01", "hour_cost": "31.50"}]}`},
	},
	"list-users": {},
	"list-vat-codes": {
		{"vatCodes", `{"vat_code_id": 2, "vat_code": "KM24", "percent": "24", "vat_name": "Standard", "is_sales": 1, "is_purchases": 1, "is_active": 1, "is_not_applicable": 0}`},
		{"vatCodes", `{"vat_code_id": 3, "vat_code": "KM24", "percent": "24", "vat_name": "Standard", "is_sales": 1, "is_purchases": 1, "is_active": 0, "is_not_applicable": 0}`},
	},
	"create-vat-code": {},
}
