package scoro_test

import (
	"fmt"
	"testing"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/value"
)

// moneyCalls are about documents, payments, products and prices.
var moneyCalls = map[string]goldenCall{
	"list-bills": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(b *scoro.Bill) string {
				return fmt.Sprint(b.ID, " ", b.Number, " ", b.Status, " ", b.PaymentDate, " ", b.PaymentType, " ", b.Sum, " ", len(b.Lines))
			})(c.Bills.List(t.Context(), &scoro.BillQuery{Status: "paid", Date: value.SinceDate(date(2026, 2, 1))}, connector.PageSize(2)))
		},
		want: "12 A-77 paid 2026-02-20 banktransfer 41.00 0",
	},
	"view-bill": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(b *scoro.Bill) string {
				return fmt.Sprint(b.ID, " ", b.Number, " of ", b.CompanyID, ", order ", b.PurchaseOrderID, ", due ", b.Deadline, ", ", b.Sum, " + ", b.VATSum,
					", line ", b.Lines[0].ID, " ", b.Lines[0].ProductName, " ", b.Lines[0].Amount, " ", b.Lines[0].Unit, ", ", custom(b.CustomFields, "c_cost_centre"), ", changed ", at(b.ModifiedAt))
			})(c.Bills.Get(t.Context(), 12))
		},
		want: `12 A-77 of 4, order 5, due 2026-02-16, 41.00 + 9.84, line 31 Paper 10 box, c_cost_centre "" = HQ, changed 2026-02-20T12:30:00+02:00`,
	},
	"update-bill": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(b *scoro.Bill) string {
				return fmt.Sprint(b.Sum, ": ", b.Lines[0].ID, " ", b.Lines[0].ProductID, " ", b.Lines[0].Amount, "; ", b.Lines[1].Comment, " ", b.Lines[1].Sum)
			})(c.Bills.Update(t.Context(), 12, &scoro.BillUpdate{ReplaceLines: []scoro.BillLineInput{
				{ID: new(int64(31)), Amount: value.NewDecimal(12, 0)}, {Comment: new("Pens"), Price: value.NewDecimal(15, 1), Amount: value.NewDecimal(4, 0)},
			}}))
		},
		want: "55.20: 31 2 12; Pens 6.00",
	},
	"delete-bill": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.Bills.Delete(t.Context(), 12))
		},
	},
	"view-expense": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(e *scoro.Expense) string {
				return fmt.Sprint(e.ID, " ", e.Number, " ", e.Comment, " due ", e.DueDate, " pay back ", e.IsReimbursable, " ", e.OwnerEmail, ": ", e.Lines[0].Description,
					" ", e.Lines[0].Quantity, " = ", e.Lines[0].Sum, " tax ", e.Lines[0].TaxPercentage)
			})(c.Expenses.Get(t.Context(), 5))
		},
		want: "5 E-5 Train due 2026-03-10 pay back true user4@example.com: Ticket 2 = 24.80 tax 9",
	},
	"create-expense": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(e *scoro.Expense) string {
				return fmt.Sprint(e.ID, " ", e.Comment, " ", e.Date, " ", e.Lines[0].ID, " ", e.Lines[0].Sum)
			})(c.Expenses.Create(t.Context(),
				&scoro.ExpenseCreate{Comment: new("Taxi"), IsReimbursable: new(true), Date: date(2026, 3, 2), Lines: []scoro.ExpenseLineInput{
					{Description: new("To the client"), Quantity: value.NewDecimal(1, 0), Sum: value.NewDecimal(1800, 2)},
				}}))
		},
		want: "1 Taxi 2026-03-02 1 18.00",
	},
	"list-finance-accounts": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(f *scoro.FinanceAccount) string {
				return fmt.Sprint(f.ID, " ", f.Symbol, " ", f.Name, " in ", f.ParentName, " sales ", f.IsSalesAccount, " purchases ", f.IsPurchasesAccount)
			})(c.FinanceAccounts.List(t.Context(), nil))
		},
		want: "7 4000 Sales in Income sales true purchases false",
	},
	"view-finance-object": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(f *scoro.FinanceObject) string {
				return fmt.Sprint(f.ID, " ", f.Symbol, " ", f.Name, " in ", f.ParentGroupName)
			})(c.FinanceObjects.Get(t.Context(), 3))
		},
		want: "3 HQ Headquarters in Places",
	},
	"delete-invoice": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.Invoices.Delete(t.Context(), 40))
		},
	},
	"update-local-price-list": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(l *scoro.LocalPriceList) string { return fmt.Sprint(l.ID, " ", l.Name, " ", l.RolePrices) })(c.LocalPriceLists.Update(t.Context(), 6,
				&scoro.LocalPriceListUpdate{ReplaceRolePrices: []scoro.LocalRolePrice{{RoleID: 2, SellingPrice: value.NewDecimal(12500, 2)}}}))
		},
		want: "6 Office move [{2 125.00}]",
	},
	"list-orders": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(o *scoro.Order) string {
				return fmt.Sprint(o.ID, " ", o.Number, " ", o.Status, " ", o.ShipmentDate, " ", o.Sum)
			})(c.Orders.List(t.Context(), &scoro.OrderQuery{Number: "3014"}, connector.PageSize(1)))
		},
		want: "14 3014 confirmed 2026-02-20 800.00; more",
	},
	"view-order": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(o *scoro.Order) string {
				return fmt.Sprint(o.ID, " ", o.Number, " of quote ", o.QuoteID, " ", o.Sum, " sent ", o.IsSent, ": ", o.Lines[0].Comment, " ", o.Lines[0].Cost, " ", o.Lines[0].DoerID, " ", o.Lines[0].Dates["2026-02-04"])
			})(c.Orders.Get(t.Context(), 14))
		},
		want: "14 3014 of quote 6 800.00 sent true: Design 40 3 6",
	},
	"create-order": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(o *scoro.Order) string {
				return fmt.Sprint(o.ID, " of ", o.CompanyID, " ", o.Status, " ", o.Sum, " ", o.Lines[0].ID)
			})(c.Orders.Create(t.Context(),
				&scoro.OrderCreate{CompanyID: 4, Currency: new("EUR"), Status: new("new"), Lines: []scoro.OrderLineInput{
					{ProductID: new(int64(2)), Price: value.NewDecimal(8000, 2), Amount: value.NewDecimal(15, 1)},
				}}))
		},
		want: "1 of 4 new 120.00 1",
	},
	"pdf-of-order": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(p *scoro.PDF) string { return fmt.Sprint(p.TemplateID, " ", p.Link) })(c.Orders.PDF(t.Context(), 14))
		},
		want: "1 http://demo-site.scoro.com/files/orders-14.pdf",
	},
	"list-pdf-templates": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(p *scoro.PDFTemplate) string { return fmt.Sprint(p.ID, " ", p.Name, " ", p.Type, " ", p.Status) })(c.PDFTemplates.List(t.Context(), &scoro.PDFTemplateQuery{Type: "invoices"}))
		},
		want: "2 Plain invoices active",
	},
	"view-prepayment": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(p *scoro.Prepayment) string {
				return fmt.Sprint(p.ID, " ", p.Percent, " % of order ", p.OrderID, ", quote ", p.QuoteID, ", ", p.Sum, " + ", p.VATSum, ", fine ", p.Fine, ", ", p.Lines[0].Comment, ", changed ", at(p.ModifiedAt))
			})(c.Prepayments.Get(t.Context(), 16))
		},
		want: "16 30 % of order 14, quote 6, 300.00 + 72.00, fine 0.05, 30 %, changed 2026-02-03T10:00:00+02:00",
	},
	"pdf-of-prepayment": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(p *scoro.PDF) string { return fmt.Sprint(p.TemplateID, " ", p.Link) })(c.Prepayments.PDF(t.Context(), 16))
		},
		want: "1 http://demo-site.scoro.com/files/prepayments-16.pdf",
	},
	"list-price-lists": {
		cred: &byKey,
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(p *scoro.PriceList) string {
				return fmt.Sprint(p.ID, " ", p.Name, " ", p.Currency, " ", p.IsDefault)
			})(c.PriceLists.List(t.Context(), nil))
		},
		want: "1 Standard EUR true",
	},
	"list-products": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(p *scoro.Product) string {
				return fmt.Sprint(p.ID, " ", p.Code, " ", p.Name, " ", p.Price, " ", p.IsActive)
			})(c.Products.List(t.Context(), &scoro.ProductQuery{IsActive: new(true), Code: "DES"}))
		},
		want: "2 DES Design 80.00 true",
	},
	"view-product": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(p *scoro.Product) string {
				return fmt.Sprint(p.ID, " ", p.Name, " ", p.Price, "/", p.BuyingPrice, " list ", p.PriceListID, " group ", p.ProductGroupID, " ", p.Description.Text("est"),
					" ", p.DepotsTotalAmount, " ", p.DepotAmounts["2"], " ", p.Accounts)
			})(c.Products.Get(t.Context(), 2))
		},
		want: "2 Design 80.00/40.5 list 1 group 3 Disain 7.5 7.5 [{demoaccount}]",
	},
	"create-product": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(p *scoro.Product) string {
				return fmt.Sprint(p.ID, " ", p.Code, " ", p.Names.Text("est"), " ", p.Description.Text("eng"))
			})(c.Products.Create(t.Context(),
				&scoro.ProductCreate{Code: new("WEB"), Price: value.NewDecimal(9500, 2), Names: value.LocalText{"eng": "Website", "est": "Veebileht"}, Description: value.LocalText{"eng": "A site"}, IsService: new(true)}))
		},
		want: "1 WEB Veebileht A site",
	},
	"delete-product": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.Products.Delete(t.Context(), 2))
		},
	},
	"list-product-groups": {
		cred: &byKey,
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(p *scoro.ProductGroup) string {
				return fmt.Sprint(p.ID, " ", p.Name, " in ", p.ParentGroupID, " ", p.PiecesPerPackage, " ", p.AccountName)
			})(c.ProductGroups.List(t.Context(), nil))
		},
		want: "3 Services in 1 1 Demo company 1",
	},
	"view-purchase-order": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(p *scoro.PurchaseOrder) string {
				return fmt.Sprint(p.ID, " ", p.Number, " for order ", p.OrderID, " by ", p.DeliveryDate, ", confirmed ", at(p.ConfirmedAt), ", ", p.Sum, ", settled ", p.Lines[0].IsSettled)
			})(c.PurchaseOrders.Get(t.Context(), 18))
		},
		want: "18 5018 for order 14 by 2026-03-20, confirmed 2026-02-05T09:00:00+02:00, 400.00, settled false",
	},
	"update-purchase-order": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			kept := scoro.PurchaseOrderLine{ID: 71, ProductID: 2, Comment: "Paper", Price: value.NewDecimal(4, 0), Amount: value.NewDecimal(100, 0), IsSettled: true}
			return one(func(p *scoro.PurchaseOrder) string {
				return fmt.Sprint(p.ID, " ", len(p.Lines), " ", p.Lines[0].IsSettled, " ", p.Sum)
			})(c.PurchaseOrders.Update(t.Context(), 18,
				&scoro.PurchaseOrderUpdate{ReplaceLines: []scoro.PurchaseOrderLineInput{kept.Input()}}))
		},
		want: "18 1 true 400.00",
	},
	"delete-purchase-order": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.PurchaseOrders.Delete(t.Context(), 18))
		},
	},
	"list-quotes": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(q *scoro.Quote) string {
				return fmt.Sprint(q.ID, " ", q.Number, " ", q.Status, " ", q.EstimatedClosingDate, " ", q.EstimatedDuration)
			})(c.Quotes.List(t.Context(), &scoro.QuoteQuery{EstimatedClosingDate: value.BetweenDates(date(2026, 4, 1), date(2026, 4, 30))}))
		},
		want: "20 6020 open 2026-04-01 12.5",
	},
	"update-quote": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(q *scoro.Quote) string {
				return fmt.Sprint(q.ID, " ", q.Status, " ", at(q.ConfirmedAt), " ", q.Lines[0].IsConfirmed)
			})(c.Quotes.Update(t.Context(), 20,
				&scoro.QuoteUpdate{Status: new("confirmed"), ConfirmedAt: tallinn}))
		},
		want: "20 confirmed 2026-03-02T09:00:00+02:00 true",
	},
	"pdf-of-quote": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(p *scoro.PDF) string { return fmt.Sprint(p.TemplateID, " ", p.Link) })(c.Quotes.PDF(t.Context(), 20))
		},
		want: "1 http://demo-site.scoro.com/files/quotes-20.pdf",
	},
	"list-receipts": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(r *scoro.ReceiptGroup) string {
				return fmt.Sprint(r.ID, " ", r.Date, " ", r.Sum, " ", r.Currency, " ", r.SalesDocumentType, ": ", r.Receipts[0].ID, " for ", r.Receipts[0].InvoiceNumber, " ", r.Receipts[0].Sum)
			})(c.Receipts.List(t.Context(), &scoro.ReceiptGroupQuery{SalesDocumentType: scoro.SalesDocumentTypeInvoices}))
		},
		want: "22 2026-02-20 150.00 EUR invoices: 101 for 2040 150.00",
	},
	"create-receipt": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(r *scoro.ReceiptGroup) string {
				return fmt.Sprint(r.ID, " ", r.Date, " ", r.Receipts[0].ID, " ", r.Receipts[0].InvoiceID, " ", r.Receipts[0].Sum)
			})(c.Receipts.Create(t.Context(),
				&scoro.ReceiptGroupCreate{Date: date(2026, 3, 2), Currency: new("EUR"), SalesDocumentType: new(scoro.SalesDocumentTypeInvoices), Receipts: []scoro.ReceiptInput{
					{InvoiceID: new(int64(40)), Sum: value.NewDecimal(9990, 2)},
				}}))
		},
		want: "1 2026-03-02 1 40 99.90",
	},
	"delete-receipt": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.Receipts.Delete(t.Context(), 22))
		},
	},
	"list-receipt-accounts": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(r *scoro.ReceiptAccount) string { return fmt.Sprint(r.ID, " ", r.Name, " ", r.Type) })(c.ReceiptAccounts.List(t.Context()))
		},
		want: "1 Main account bank",
	},
	"list-retainers": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(r *scoro.Retainer) string {
				return fmt.Sprint(r.ID, " ", r.Periods[1].StartDate, " to ", r.Periods[1].EndDate)
			})(c.Retainers.List(t.Context(), scoro.Detailed()))
		},
		want: "3 2026-02-01 to 2026-02-28",
	},
	"view-scheduled-invoice": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(i *scoro.ScheduledInvoice) string {
				return fmt.Sprint(i.ID, " ", i.GenerationType, " next ", i.NextGenerationDate, " sent ", i.AutoSend, " ", i.CC, " ", i.Language, " ", i.Sum, " ", i.Lines[0].Comment)
			})(c.ScheduledInvoices.Get(t.Context(), 24))
		},
		want: "24 monthly next 2026-04-01 sent true cc@example.com eng 50.00 Hosting",
	},
	"list-vat-codes": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(v *scoro.VATCode) string {
				return fmt.Sprint(v.ID, " ", v.Code, " ", v.Percent, " ", v.Name, " sales ", v.IsSales)
			})(c.VATCodes.List(t.Context(), &scoro.VATCodeQuery{IsActive: new(true)}))
		},
		want: "2 KM24 24 Standard sales true",
	},
	"create-vat-code": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(v *scoro.VATCode) string { return fmt.Sprint(v.ID, " ", v.Code, " ", v.Percent, " ", v.Name) })(c.VATCodes.Create(t.Context(),
				&scoro.VATCodeCreate{Code: new("KM13"), Percent: value.NewDecimal(1300, 2), Name: new("Low"), IsSales: new(true)}))
		},
		want: "1 KM13 13.00 Low",
	},
}
