package procore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/budget"
	"github.com/cordage-go/cordage/procore/changeevents"
	"github.com/cordage-go/cordage/procore/changeorders"
	"github.com/cordage-go/cordage/procore/commitments"
	"github.com/cordage-go/cordage/procore/contracts"
	"github.com/cordage-go/cordage/procore/currency"
	"github.com/cordage-go/cordage/procore/directcosts"
	"github.com/cordage-go/cordage/procore/invoices"
	"github.com/cordage-go/cordage/procore/payments"
	"github.com/cordage-go/cordage/procore/primecontracts"
	"github.com/cordage-go/cordage/procore/tax"
	"github.com/cordage-go/cordage/procore/unitsofmeasure"
	"github.com/cordage-go/cordage/procore/wbs"
	"github.com/cordage-go/cordage/value"
)

const vendorID int64 = 562949956421313

// outcome shows what became of the records of a sync.
func outcome[T any](show func(*T) string) func(*procore.SyncResult[T], error) (string, error) {
	return func(result *procore.SyncResult[T], err error) (string, error) {
		if err != nil {
			return "", err
		}
		text, _ := each(show)(result.Entities, nil)
		for _, e := range result.Errors {
			text += fmt.Sprint(", refused ", e.Fields)
		}
		return text, nil
	}
}

func showMarkup(m *contracts.Markup) string {
	return fmt.Sprint(m.ID, " ", m.Name, " ", m.Percentage, " ", m.MarkupSet, " of ", m.HolderType, " ", m.HolderID, ", for all ", m.AppliesToAll, ", taxes ", m.TaxCodeIDs)
}

func showRate(r *currency.ExchangeRate) string {
	return fmt.Sprint(r.ID, " ", r.BaseCurrencyISOCode, " ", r.QuoteCurrencyISOCode, " ", r.ExchangeRate, ", active ", r.IsActive)
}

func showUnit(u *unitsofmeasure.Unit) string {
	return fmt.Sprint(u.ID, " ", u.Name, " of ", u.Category.Name, ", standard ", u.IsStandard)
}

// contractCalls are those of contracts, changes and direct costs.
var contractCalls = map[string]goldenCall{
	"filter-work-order-contracts": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &commitments.WorkOrderContractQuery{View: "extended", Status: commitments.ContractStatusApproved, UpdatedAt: value.Between(day(1), day(8))}
			return rows(func(w *commitments.WorkOrderContract) string {
				return fmt.Sprint(w.ID, " ", w.Number, " ", w.Title, " ", w.Status, ", ", w.Vendor.Name, ", ", w.GrandTotal, " since ", w.ContractDate, ", ", len(w.LineItems), " lines, ", w.LineItems[0].Amount)
			})(commitments.New(c).WorkOrderContracts.List(ctx, projectID, query))
		},
		want: firstText + " SC-004 Steel Approved, Concrete Works, 125000.50 since 2026-08-03, 1 lines, 125000.50 of -1",
	},
	"create-commitment-change-order": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &commitments.ChangeOrderInput{
				ContractID: new(firstOne), Title: new("Extra bolts"), DueDate: date(2026, time.September, 15), Executed: new(false), UploadIDs: []string{"a1"},
				CustomFields: value.CustomValues{"49417": 4.5},
			}
			return one(func(o *commitments.ChangeOrder) string {
				return fmt.Sprint(o.ID, " ", o.Number, " ", o.Title, " ", o.Status, " of ", o.ContractID, ", due ", o.DueDate, ", ", o.GrandTotal)
			})(commitments.New(c).ChangeOrders.Create(ctx, projectID, in, procore.RunConfigurableValidations()))
		},
		want: firstText + " 001 Extra bolts draft of " + firstText + ", due 2026-09-15, 0.0",
	},
	"sync-purchase-order-lines": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []commitments.LineItemInput{{OriginID: new("PO-1-1"), Amount: new("250.00"), WBSCodeID: new(int64(5))}, {OriginID: new("PO-1-2"), Amount: new("x")}}
			return outcome(func(l *commitments.LineItem) string { return fmt.Sprint(l.ID, " ", l.OriginID, " ", l.Amount) })(
				commitments.New(c).PurchaseOrderLineItems.Sync(ctx, projectID, firstOne, in))
		},
		want: "8 PO-1-1 250.00, refused map[amount:[is not a number]]",
	},
	"update-ssov-status": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &commitments.SSOVStatusUpdate{Status: commitments.SSOVStatusUnderReview}
			return one(func(s *commitments.SSOV) string { return s.Status })(commitments.New(c).WorkOrderContracts.UpdateSSOVStatus(ctx, projectID, firstOne, in))
		},
		want: "under_review",
	},
	"bill-change-order": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return each(func(i *commitments.RequisitionChangeOrderItem) string {
				return fmt.Sprint(i.ID, " ", i.DescriptionOfWork, " ", i.ScheduledValue)
			})(commitments.New(c).Requisitions.AddChangeOrderPackage(ctx, projectID, 12, firstOne, 31))
		},
		want: "71 Extra bolts 500.00",
	},
	"prime-contract-of-project": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(p *primecontracts.ContractV10) string {
				return fmt.Sprint(p.ID, " ", p.Number, " ", p.Title, " ", p.Status, ", ", p.GrandTotal, ", executed ", p.Executed)
			})(primecontracts.New(c).ContractsV10.GetForProject(ctx, projectID))
		},
		want: firstText + " 1 Main contract Approved, 4000000.00, executed true",
	},
	"list-payment-applications": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &primecontracts.PaymentApplicationQuery{IDs: []int64{4, 5}, IsLast: new(true)}
			return rows(func(a *primecontracts.PaymentApplication) string {
				return fmt.Sprint(a.ID, " ", a.Number, " ", a.Status, " from ", a.PeriodStart, ", ", a.G703[0].OriginType, " ", a.G703[0].ScheduledValue)
			})(primecontracts.New(c).PaymentApplications.ListForContract(ctx, projectID, firstOne, query))
		},
		want: "5 2 approved from 2026-08-01, LineItem 900.00 of -1",
	},
	"create-prime-change-order-line": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &primecontracts.ChangeOrderLineItemCreate{WBSCodeID: "77", Description: new("Extra bolts"), Quantity: new("10"), UnitCost: new("12.50"), UOM: new("ea")}
			return one(func(l *primecontracts.ChangeOrderLineItem) string {
				return fmt.Sprint(l.ID, " ", l.Description, " ", l.Quantity, " at ", l.UnitCost, " is ", l.Amount, " ", l.ExtendedType)
			})(primecontracts.New(c).ChangeOrderLineItems.Create(ctx, projectID, firstOne, in))
		},
		want: "501 Extra bolts 10 at 12.50 is 125.00 calculated",
	},
	"filter-markups": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(showMarkup)(contracts.New(c).Markups.List(ctx, projectID, "Contract", 12, nil))
		},
		want: "3 Fee 7.5 horizontal of Contract 12, for all true, taxes [] of -1",
	},
	"create-markup": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &contracts.MarkupCreate{Name: "Fee", MarkupSet: contracts.MarkupSetVertical, Percentage: value.NewDecimal(75, 1), TaxCodeIDs: []int64{4, 5}}
			return one(showMarkup)(contracts.New(c).Markups.Create(ctx, projectID, "PotentialChangeOrder", 12, in))
		},
		want: "4 Fee 7.5 vertical of PotentialChangeOrder 12, for all false, taxes [4 5]",
	},
	"update-invoice-configuration": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &contracts.InvoiceConfigurationUpdate{SeparateBillingForStoredMaterials: new(true), StoredMaterialsBillingMethod: new("move_new_materials")}
			return one(func(i *contracts.InvoiceConfiguration) string {
				rule := i.RetainageRuleSet.RetainageRules[0]
				return fmt.Sprint(i.ID, " of ", i.ContractID, ", ", i.StoredMaterialsBillingMethod, ", ", rule.RuleType, " ", rule.RetainagePercentage)
			})(contracts.New(c).Contracts.UpdateInvoiceConfiguration(ctx, projectID, firstOne, in))
		},
		want: "9 of " + firstText + ", move_new_materials, amount 10.0",
	},
	"filter-change-events": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &changeevents.ChangeEventFilter{
				Status:        &changeevents.FilterInput{IDs: []json.RawMessage{json.RawMessage(`"1"`), json.RawMessage(`"2"`)}, Operator: new("includes")},
				CostROMAmount: &changeevents.AmountFilterInput{IDs: []json.RawMessage{json.RawMessage(`100`)}, Operator: new(changeevents.AmountOperatorGt)},
			}
			return rows(func(e *changeevents.ChangeEvent) string {
				return fmt.Sprint(e.ID, " ", e.Number, " ", e.Title, " ", e.Status.Name, ", ", e.ChangeType.Name, ", ", e.Scope, ", ", e.ChangeItems[0].Description, " ", string(e.ChangeItems[0].LatestCostValues.Amount))
			})(changeevents.New(c).ChangeEvents.List(ctx, projectID, in, nil))
		},
		want: firstText + ` 004 Rock in the ground Open, Owner change, out_of_scope, Blasting "900.00" of -1`,
	},
	"change-event-defaults": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(d *changeevents.ChangeEventDefaults) string {
				return fmt.Sprint(d.Number, " ", d.Scope, ", from ", d.EventOrigin.OriginType, " ", d.EventOrigin.OriginID, ", type ", d.ChangeType.ID)
			})(changeevents.New(c).ChangeEvents.Defaults(ctx, projectID, &changeevents.DefaultsQuery{SelectedOriginID: "17"}))
		},
		want: "005 tbd, from rfi 17, type 3",
	},
	"change-production-quantity": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &changeevents.ProductionQuantityInput{Quantity: value.NewDecimal(25, 1), UOM: new("m^3"), WBSCodeID: new(int64(5))}
			return one(func(q *changeevents.ProductionQuantity) string { return fmt.Sprint(q.ID, " ", q.Quantity, " ", q.UOM) })(
				changeevents.New(c).ProductionQuantities.Update(ctx, projectID, firstOne, firstOne, in))
		},
		want: firstText + " 2.5 m^3",
	},
	"sync-potential-change-orders": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []changeorders.PotentialChangeOrderSync{{
				OriginID: new("PCO-1"), Title: new("Bolts"), Status: new(changeorders.PackageStatusPricing), ChangeOrderRequest: &changeorders.RequestMoveInput{ChangeOrderPackageID: new(int64(31))},
			}}
			return outcome(func(p *changeorders.PotentialChangeOrder) string {
				return fmt.Sprint(p.ID, " ", p.Number, " ", p.Title, " ", p.Status)
			})(changeorders.New(c).PotentialChangeOrders.Sync(ctx, projectID, 12, in))
		},
		want: "41 001 Bolts pricing",
	},
	"create-change-order-request": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &changeorders.RequestInput{ContractID: new(int64(12)), Title: new("Bolts"), Status: new(changeorders.PackageStatusDraft), GrandTotal: value.NewDecimal(995, 1)}
			return one(func(r *changeorders.Request) string {
				return fmt.Sprint(r.ID, " ", r.Number, " ", r.Title, " ", r.Status, ", ", r.GrandTotal)
			})(changeorders.New(c).Requests.Create(ctx, projectID, in))
		},
		want: "51 001 Bolts draft, 99.5",
	},
	"create-change-reason": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &changeorders.ChangeReasonInput{ChangeReason: new("Weather"), ShowInSelect: new(true)}
			return one(func(r *changeorders.ChangeReason) string {
				return fmt.Sprint(r.ID, " ", r.ChangeReason, ", shown ", r.ShowInSelect, ", deletable ", r.Deletable)
			})(changeorders.New(c).ChangeReasons.Create(ctx, in))
		},
		want: "6 Weather, shown true, deletable true",
	},
	"create-direct-cost": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &directcosts.DirectCostCreate{
				InvoiceNumber: "I-7", VendorID: vendorID, DirectCostType: directcosts.DirectCostTypeExpense, DirectCostDate: date(2026, time.September, 2), Status: new(directcosts.DirectCostStatusDraft),
				LineItems: []directcosts.CostLineInput{{WBSCodeID: new(int64(5)), Quantity: value.NewDecimal(2, 0), UnitCost: value.NewDecimal(125, 1), UOM: new("ea")}},
			}
			return one(func(d *directcosts.DirectCost) string {
				return fmt.Sprint(d.ID, " ", d.InvoiceNumber, " ", d.DirectCostType, " ", d.Status, ", ", d.GrandTotal, ", ", d.LineItems[0].Quantity, " at ", d.LineItems[0].UnitCost)
			})(directcosts.New(c).DirectCosts.Create(ctx, projectID, in))
		},
		want: firstText + " I-7 expense draft, 25.0, 2 at 12.5",
	},
	"list-direct-cost-lines": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(l *directcosts.LineItem) string { return fmt.Sprint(l.ID, " ", l.Amount, " of ", l.Holder.ID) })(
				directcosts.New(c).LineItems.ListInProject(ctx, projectID, &directcosts.ProjectLineItemQuery{DirectCostID: 12, IDs: []int64{8, 9}}))
		},
		want: "8 25.0 of 12 of -1",
	},
	"sync-direct-costs": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []directcosts.DirectCostSync{{OriginID: new("D-1"), InvoiceNumber: new("I-8"), VendorID: new(vendorID)}, {ID: new(int64(12)), Status: new(directcosts.DirectCostStatusApproved)}}
			return outcome(func(d *directcosts.DirectCost) string { return fmt.Sprint(d.ID, " ", d.InvoiceNumber, " ", d.Status) })(
				directcosts.New(c).DirectCosts.Sync(ctx, projectID, in))
		},
		want: "61 I-8 draft, refused map[id:[does not exist]]",
	},
}

// costCalls are those of budgets, their codes, payments and what all of them
// are reckoned in.
var costCalls = map[string]goldenCall{
	"filter-budget-rows": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &budget.DetailRowQuery{CostCodeIDs: []int64{7, 8}, Billers: []string{"Demo Tower"}, BudgetRowType: budget.RowTypeBudgeted, Sort: budget.ViewSortCostCode}
			return rows(func(r *budget.DetailRow) string {
				return fmt.Sprint(r.ID, " ", r.CostCode, " ", r.Category, " ", r.OriginalBudgetAmount, ", forecast ", r.BudgetForecast.Amount)
			})(budget.New(c).Views.ListDetailRows(ctx, projectID, firstOne, query))
		},
		want: "3 01-500 Labor 1200.50, forecast 10 of -1",
	},
	"search-budget-details": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &budget.DetailFilter{
				CostCodeIDs: []int64{7}, VendorIDs: []int64{vendorID}, DetailTypes: []string{"commitments"},
				Billers: []budget.BillerInput{{Value: []int64{12}, Type: new("SubJob"), Name: new("East")}},
			}
			return each(func(d *budget.Detail) string {
				return fmt.Sprint(d.ID, " ", d.Item, " ", d.Description, ", ", d.DetailType.Name, ", ", d.CostCode.Name, ", ", d.WBSCode.FlatCode)
			})(budget.New(c).Views.ListDetails(ctx, projectID, firstOne, in))
		},
		want: "a-1 SC-004 Bolts, Commitments, General, 01-500.L",
	},
	"write-budget-note": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(n *budget.Note) string { return n.Note + " " + n.User })(
				budget.New(c).Notes.Set(ctx, projectID, "77", &budget.NoteInput{Note: new("Ask the vendor."), Label: new("Forecast")}))
		},
		want: "Ask the vendor. Dana Demo",
	},
	"sync-budget-lines": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []budget.LineItemSync{{ID: new(int64(8)), WBSCodeID: 5, OriginalBudgetAmount: value.NewDecimal(120050, 2)}, {WBSCodeID: 6, CalculationStrategy: new("manual")}}
			return each(func(l *budget.LineItem) string {
				return fmt.Sprint(l.ID, " ", l.WBSCode.FlatCode, " ", l.OriginalBudgetAmount)
			})(
				budget.New(c).LineItems.Sync(ctx, projectID, in))
		},
		want: "8 01-500.L 1200.50; 9 01-600.L 0",
	},
	"filter-wbs-codes": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &wbs.CodeQuery{Statuses: []string{"active"}, UpdatedAt: value.Between(day(1), day(8)), Query: "bolts"}
			return rows(func(code *wbs.Code) string {
				item := code.SegmentItems[0]
				return fmt.Sprint(code.ID, " ", code.FlatCode, " ", code.Status, ", ", item.Name, " in ", item.Segment.Name, " ", item.PathIDs)
			})(wbs.New(c).Codes.List(ctx, projectID, query))
		},
		want: "5 01-500.L active, General in Cost Code [8 9] of -1",
	},
	"delete-segment-items": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(r *procore.BulkResult[int64]) string {
				return fmt.Sprint(r.Succeeded, ", ", r.Failed[0].ID, " ", r.Failed[0].Message, ", ", len(r.Unaccounted), " unaccounted")
			})(wbs.New(c).SegmentItems.BulkDelete(ctx, projectID, firstOne, []int64{8, 9, 10}))
		},
		want: "[8 9], 10 is in use, 0 unaccounted",
	},
	"sync-standard-cost-codes": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []wbs.StandardCostCodeSync{{OriginID: new("S-1"), Code: new("500"), Name: new("Bolts")}}
			return outcome(func(code *wbs.StandardCostCode) string {
				return fmt.Sprint(code.ID, " ", code.FullCode, " ", code.Name)
			})(
				wbs.New(c).StandardCostCodes.Sync(ctx, 3, in, &wbs.StandardCostCodeViewQuery{View: wbs.StandardCostCodeViewCompact}))
		},
		want: "91 01-500 Bolts",
	},
	"assign-wbs-attributes": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &wbs.AttributeItemAssignment{AttributeItemIDs: []string{"71"}, Filters: &wbs.CodeFilterInput{IDs: []string{"5"}}}
			return done(wbs.New(c).CodesV20.AssignAttributeItems(ctx, projectID, in, &wbs.CodeAssignmentQuery{IDs: []string{"5", "6"}}))
		},
	},
	"validate-disbursement": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &payments.DisbursementInput{
				Amount: 2500, BankAccountID: "ba-1", BankAccountType: "EXTERNAL",
				Payouts: []payments.PayoutInput{{InvoiceID: new("77"), Amount: new(int64(2500)), ReceivingEntityType: new("SUBCONTRACTOR"), PartialPayment: new(false)}},
			}
			return one(func(d *payments.Disbursement) string {
				return fmt.Sprint(d.ID, " ", d.DisbursementIdentifier, " ", d.Amount, " ", d.CurrencyCode, " ", d.Status, ", ", d.Payouts[0].ID, " for ", d.Payouts[0].InvoiceID)
			})(payments.New(c).Disbursements.ValidateNew(ctx, in))
		},
		want: "d-1 4 2500 USD FUNDING_NOT_INITIATED, p-1 for 77",
	},
	"delete-payout": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(p *payments.DeletedPayout) string {
				return fmt.Sprint(p.ID, " of ", p.DisbursementID, ", ", p.Amount, " on ", p.DeletedAt.Format(time.DateOnly))
			})(payments.New(c).Payouts.Delete(ctx, "d-1", "p-1", &payments.Deletion{DeletedReason: "Wrong account"}))
		},
		want: "p-1 of d-1, 2500 on 2026-09-01",
	},
	"list-early-pay-programs": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(p *payments.EarlyPayProgram) string {
				return fmt.Sprint(p.ID, " ", p.Name, " ", p.StandardRate, " ", p.DateConfiguration.Days, " ", p.DateConfiguration.Type)
			})(payments.New(c).EarlyPayPrograms.List(ctx, &payments.EarlyPayProgramQuery{Sort: []string{"name", "-createdAt"}}))
		},
		want: "e-1 Fast 2 10 days_after_approval of -1",
	},
	"project-currency": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(p *currency.Configuration) string {
				return fmt.Sprint(p.CurrencyISOCode, " as ", p.CurrencyDisplay, ", many ", p.MulticurrencyEnabled)
			})(currency.New(c).Configuration.Get(ctx, projectID))
		},
		want: "EUR as symbol, many true",
	},
	"create-exchange-rates": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &currency.ExchangeRatesCreate{BaseCurrencyISOCode: "USD", ExchangeRates: []currency.ExchangeRateInput{{QuoteCurrencyISOCode: "EUR", ExchangeRate: new("0.92")}}}
			return each(showRate)(currency.New(c).CompanyExchangeRates.Create(ctx, in))
		},
		want: "3 USD EUR 0.92, active true",
	},
	"update-exchange-rates": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []currency.ExchangeRateUpdate{{ID: 3, ExchangeRate: new("0.93")}, {ID: 4, IsActive: new(false)}}
			return each(showRate)(currency.New(c).ExchangeRates.Update(ctx, projectID, in))
		},
		want: "3 USD EUR 0.93, active true; 4 USD CAD 1.36, active false",
	},
	"create-tax-code": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &tax.CodeInput{Code: new("V20"), Description: new("VAT"), Rate1: value.NewDecimal(205, 1), OriginID: new("T-1")}
			return one(func(code *tax.Code) string { return fmt.Sprint(code.ID, " ", code.Code, " ", code.Rate1) })(tax.New(c).Codes.Create(ctx, in))
		},
		want: "7 V20 20.5",
	},
	"sync-tax-types": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []tax.TypeSync{{ID: new(int64(4)), Name: new("Sales")}, {OriginID: new("T-2")}}
			return outcome(func(t *tax.Type) string { return fmt.Sprint(t.ID, " ", t.Name) })(tax.New(c).Types.Sync(ctx, in))
		},
		want: "4 Sales, refused map[name:[can't be blank]]",
	},
	"list-tax-types": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(t *tax.Type) string { return fmt.Sprint(t.ID, " ", t.Name, ", ", t.Description) })(tax.New(c).Types.List(ctx))
		},
		want: "4 Sales, Sales tax of -1",
	},
	"sync-units": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := []unitsofmeasure.UnitSync{{ID: new(int64(4)), Name: new("crate")}, {Name: new("pallet"), CategoryID: new(int64(2))}}
			return outcome(showUnit)(unitsofmeasure.New(c).Units.Sync(ctx, in))
		},
		want: "4 crate of Amount, standard false; 5 pallet of Amount, standard false",
	},
	"create-unit": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(showUnit)(unitsofmeasure.New(c).Units.Create(ctx, &unitsofmeasure.UnitInput{Name: new("pallet"), CategoryID: new(int64(2))}))
		},
		want: "5 pallet of Amount, standard false",
	},
	"unit-configuration": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(u *unitsofmeasure.Configuration) string { return u.CharacterLimit + " " + u.ERPIntegrationName })(
				unitsofmeasure.New(c).Units.GetConfiguration(ctx))
		},
		want: "10 Demo ERP",
	},
	"list-lien-waivers": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(w *invoices.LienWaiver) string {
				return fmt.Sprint(w.ID, " ", w.Type, " ", w.Status, ", asked by ", w.LastUnlockRequest.UserName)
			})(invoices.New(c).LienWaivers.List(ctx, projectID, 12))
		},
		want: "3 conditional_progress awaiting_signature, asked by Dana Demo of -1",
	},
	"hold-invoice": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(h *invoices.ManualHold) string {
				return fmt.Sprint(h.ID, " ", h.Status, " ", h.HoldType, ": ", h.Description)
			})(
				invoices.New(c).ManualHolds.Create(ctx, projectID, 12, map[string]string{"description": "Papers are missing"}))
		},
		want: "5 active manual: Papers are missing",
	},
	"invoice-job": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(j *invoices.AsyncJob) string {
				return strings.Join([]string{j.UUID, string(j.Status), j.Result.URL}, " ")
			})(
				invoices.New(c).AsyncJobs.Get(ctx, "0b9f6b1e-7f5e-4a5e-9f0a-3a1d2c4b5e6f"))
		},
		want: "0b9f6b1e-7f5e-4a5e-9f0a-3a1d2c4b5e6f completed http://localhost/files/9",
	},
}
