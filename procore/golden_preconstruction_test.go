package procore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/bidboard"
	"github.com/cordage-go/cordage/procore/bidding"
	"github.com/cordage-go/cordage/procore/costcatalog"
	"github.com/cordage-go/cordage/procore/equipment"
	"github.com/cordage-go/cordage/procore/estimating"
	"github.com/cordage-go/cordage/procore/resourceplanning"
	"github.com/cordage-go/cordage/value"
)

// fleetCalls are those of the equipment register and of telematics.
var fleetCalls = map[string]goldenCall{
	"filter-equipment": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &equipment.EquipmentQuery{Search: "crane", AssociationStatus: equipment.EquipmentAssociationStatusCurrent,
				UpdatedAt: value.Between(day(1), day(2)), View: equipment.EquipmentViewShort, Sort: equipment.EquipmentSortMake}
			return raw(equipment.New(c).Equipment.List(ctx, projectID, query))
		},
		want: `{"data": [{"id": "562950043421313", "name": "Tower crane"}]}`,
	},
	"create-equipment": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return raw(equipment.New(c).CompanyEquipment.Create(ctx, &equipment.CompanyEquipmentInput{
				Name: new("Tower crane"), IdentificationNumber: new("TC-7"), StatusID: new("31"), CategoryID: new("4"), TypeID: new("5"),
				Year: new(int64(2021)), RatePerHour: value.NewDecimal(8550, 2), Ownership: new(equipment.EquipmentOwnershipRented),
				RentalStartDate: date(2026, time.September, 1), GroupIDs: []string{"8"},
			}))
		},
		want: `{"data": {"id": "901", "name": "Tower crane"}}`,
	},
	"take-equipment-away": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return "", equipment.New(c).CompanyEquipment.Dissociate(ctx, []equipment.EquipmentOnProject{{EquipmentID: firstText, ProjectID: "562949957421313"}})
		},
	},
	"move-equipment": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return raw(equipment.New(c).CompanyEquipment.UpdateCurrentProject(ctx, firstText, &equipment.ProjectChoice{ProjectID: "562949957421313"}))
		},
		want: `{"data": {"id": "562950043421313"}}`,
	},
	"send-aemp": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			snapshot := aempSnapshot()
			snapshot.Equipment[0].FuelRemaining = &equipment.FuelRemainingInput{Percent: value.NewDecimal(40, 0), FuelTankCapacityUnits: new("litre"), FuelTankCapacity: value.NewDecimal(300, 0), Time: measured}
			return raw(equipment.New(c).Telematics.SendAEMP(ctx, snapshot))
		},
		want: `{"data": {"accepted": 1}}`,
	},
	"send-aemp-v20": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return raw(equipment.New(c).TelematicsV20.SendAEMP(ctx, aempSnapshot()))
		},
		want: `{"data": {"accepted": 1}}`,
	},
	"send-telematics": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return raw(equipment.New(c).Telematics.SendStats(ctx, &equipment.Stats{
				Header:      &equipment.StatsHeaderInput{ResourceID: new(firstText), ResourceType: new(equipment.StatsHeaderResourceTypeEquipment), Manufacturer: new("Demo Machines")},
				Location:    &equipment.StatsLocationInput{Latitude: new(45.25), Longitude: new(-93.5), Altitude: value.NewDecimal(260, 0), AltitudeUnit: new("m"), Time: measured},
				Diagnostics: []equipment.DiagnosticInput{{Key: new("engine_hours"), Value: new("1200.5"), Unit: new("h")}},
			}))
		},
		want: `{"data": {"accepted": 1}}`,
	},
}

var measured = time.Date(2026, time.September, 1, 7, 55, 0, 0, time.UTC)

func aempSnapshot() *equipment.AEMPSnapshot {
	return &equipment.AEMPSnapshot{SnapshotTime: "2026-09-01T08:00:00Z", Equipment: []equipment.MachineReadingsInput{{
		Machine: equipment.MachineInput{UnitInstallDateTime: time.Date(2025, time.January, 15, 0, 0, 0, 0, time.UTC),
			Manufacturer: "Demo Machines", Model: "X1", EquipmentID: "TC-7", SerialNumber: "S-1", ProductNumber: "PIN-1"},
		CumulativeOperatingHours: &equipment.HoursInput{Hour: value.NewDecimal(12005, 1), Time: measured},
	}}}
}

// peopleCalls are those of resource planning.
var peopleCalls = map[string]goldenCall{
	"planned-people": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &resourceplanning.PersonQuery{LastName: "Demo", UpdatedAfter: date(2026, time.September, 1)}
			return rows(func(p *resourceplanning.Person) string {
				return fmt.Sprint(p.ID[:8], " ", p.Name.First, " ", p.Name.Last, " ", p.Status, " ", p.CanReceiveSMS, " ", p.HourlyWage, " ", p.TagInstances[0].ExpiryDate)
			})(resourceplanning.New(c).People.List(ctx, query))
		},
		want: "572a480a Dana Demo active true 41.5 2027-01-01 of -1, then page=1#1",
	},
	"ask-for-people": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(r *resourceplanning.ResourceRequest) string {
				return fmt.Sprint(r.ID[:8], " ", r.StartDay, " ", r.PercentAllocated, "% ", r.WorkDays.Sunday, " ", r.WorkDays.Monday)
			})(resourceplanning.New(c).ResourceRequests.Create(ctx, fmt.Sprint(projectID), &resourceplanning.ResourceRequestCreate{
				StartDay: date(2026, time.September, 7), EndDay: date(2026, time.September, 18), PercentAllocated: new(int64(50)), Quantity: new(int64(2)),
				WorkDays: &resourceplanning.WorkDaysInput{Sunday: new(false), Monday: new(true), Tuesday: new(true), Wednesday: new(true), Thursday: new(true), Friday: new(true), Saturday: new(false)},
			}))
		},
		want: "9be574ab 2026-09-07 50% false true",
	},
	"time-off": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(t *resourceplanning.TimeOff) string {
				return fmt.Sprint(t.ID, " ", t.StartDay, " ", t.IsPaid, " ", t.Repeat, " ", t.Instances[0].EndDay)
			})(resourceplanning.New(c).TimeOff.List(ctx, firstText, "America/Chicago", connector.PageSize(2)))
		},
		want: "to-1 2026-12-24 true yearly 2026-12-28 of -1, then start_after=to-1#1",
	},
	"untag-person": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return "", resourceplanning.New(c).People.RemoveTag(ctx, firstText, firstText)
		},
	},
}

// bidCalls are those of bids: of who asks for them, and of who calculates them.
var bidCalls = map[string]goldenCall{
	"bid-board": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(p *bidboard.Project) string {
				return fmt.Sprint(p.ID, " ", p.Name, " ", p.Status, " ", p.DueAt.Format(time.RFC3339), " ", p.SquareFootage, " ", p.Stats.Total, " ", p.Stats.TotalTasks, " ", p.Address.City)
			})(bidboard.New(c).Projects.List(ctx))
		},
		want: "562950043421313 Harbor offices ESTIMATING 2026-10-01T15:00:00Z 12500.50 1250000.10 4 Duluth of -1",
	},
	"update-bid-board-project": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &bidboard.ProjectUpdate{Status: new(bidboard.ProjectStatusBidSubmitted), Archived: new(false), Clear: []string{"description"}}
			return one(func(p *bidboard.Project) string { return fmt.Sprint(p.Name, " ", p.Status) })(bidboard.New(c).Projects.Update(ctx, firstText, in))
		},
		want: "Harbor offices BID_SUBMITTED",
	},
	"bid-board-fields": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(f *bidboard.CustomField) string {
				return fmt.Sprint(f.ID, " ", f.Name, " ", f.DataType, " ", f.Value)
			})(
				bidboard.New(c).CustomFields.List(ctx, firstText))
		},
		want: "5 Region STRING North of -1",
	},
	"delete-bid-board-tasks": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return "", bidboard.New(c).Tasks.BulkDelete(ctx, firstText, []string{firstText})
		},
	},
	"filter-bid-contacts": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &bidding.BidContactQuery{TradeIDs: []int64{3, 4}, Search: "tile", Sort: "-" + bidding.BidContactSortName}
			return rows(func(b *bidding.BidContact) string {
				return fmt.Sprint(b.ID, " ", b.Name, " ", b.EmailAddress, " ", b.Vendor.Name)
			})(
				bidding.New(c).BidContacts.List(ctx, projectID, query))
		},
		want: "12 Terry Tile terry@example.com Demo Tiles of -1",
	},
	"create-bid-package": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(p *bidding.BidPackage) string {
				return fmt.Sprint(p.ID, " ", p.Number, " ", p.Title, " ", p.BidDueAt.Format(time.RFC3339), " ", p.AnticipatedAwardDate, " ", p.Manager.Name)
			})(bidding.New(c).BidPackages.Create(ctx, projectID, &bidding.BidPackageInput{
				Title: new("Tiling"), BidDueAt: time.Date(2026, time.October, 1, 15, 0, 0, 0, time.UTC), BidEmailMessage: new("Please bid."), BidWebMessage: new("Welcome."),
				AnticipatedAwardDate: date(2026, time.October, 15), DistributionIDs: []int64{userID}, BlindBidding: new(true),
			}))
		},
		want: "71 4 Tiling 2026-10-01T15:00:00Z 2026-10-15 Dana Demo",
	},
	"update-bid": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			in := &bidding.BidUpdate{BidStatus: new(bidding.BidStatusSubmitted), LumpSumAmount: value.NewDecimal(12500050, 2),
				BidItems: []bidding.BidItemInput{{BidFormItemID: new(int64(6)), Amount: value.NewDecimal(12500050, 2), Quantity: new("10"), UnitCost: new("12500.05")}}}
			return one(func(b *bidding.Bid) string {
				return fmt.Sprint(b.ID, " ", b.BidStatus, " ", b.LumpSumAmount, " ", b.Vendor.Name, " ", b.BidItems[0].Amount)
			})(
				bidding.New(c).Bids.Update(ctx, projectID, firstOne, firstOne, in))
		},
		want: "562950043421313 submitted 125000.50 Demo Tiles 125000.50",
	},
	"delete-bid-form": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return "", bidding.New(c).BidForms.Delete(ctx, projectID, firstOne, firstOne)
		},
	},
}

// estimateCalls are those of estimates and of the catalogs of their costs.
var estimateCalls = map[string]goldenCall{
	"estimate-proposals": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(p *estimating.Proposal) string {
				return fmt.Sprint(p.ID, " ", p.QuoteNumber, " ", p.Name, " ", p.Type, " ", p.Total, " ", p.Inclusions)
			})(estimating.New(c).Proposals.List(ctx, projectID))
		},
		want: "562950043421313 3 Base estimate ESTIMATE 99999.99 [Scaffold] of -1",
	},
	"create-estimate-task": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(t *estimating.Task) string {
				return fmt.Sprint(t.ID, " ", t.Value, " ", t.DueAt.Format(time.RFC3339), " ", t.AssignedToUserID)
			})(
				estimating.New(c).Tasks.Create(ctx, projectID, &estimating.TaskCreate{Value: "Ask for prices", DueAt: time.Date(2026, time.September, 4, 12, 0, 0, 0, time.UTC), AssignedToUserID: new(fmt.Sprint(userID))}))
		},
		want: "61 Ask for prices 2026-09-04T12:00:00Z 562949955421313",
	},
	"estimate-notes": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(note *json.RawMessage) string { return string(*note) })(estimating.New(c).Notes.List(ctx, projectID))
		},
		want: `{"id": "8", "value": "Access is narrow"} of -1`,
	},
	"filter-catalog-items": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			query := &costcatalog.ItemQuery{Types: []costcatalog.ItemType{costcatalog.ItemTypePart, costcatalog.ItemTypeLabor}, CostItemUnits: []string{"ea"}}
			return rows(func(i *costcatalog.Item) string {
				return fmt.Sprint(i.ID, " ", i.Name, " ", i.UnitCost, " of ", i.SubItems[0].Multiplier, " ", i.SubItems[0].Name, " at ", i.SubItems[0].UnitCost)
			})(costcatalog.New(c).Items.List(ctx, firstText, query))
		},
		want: "21 Door 250.10 of 3 Hinge at 4.05 of -1",
	},
	"create-subcatalog": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(c *costcatalog.Catalog) string { return fmt.Sprint(c.ID, " ", c.Name, " ", c.Custom) })(
				costcatalog.New(c).Catalogs.CreateSubcatalog(ctx, firstText, &costcatalog.CatalogInput{Name: new("Doors")}))
		},
		want: "33 Doors true",
	},
	"replace-catalog-item": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(func(i *costcatalog.Item) string { return fmt.Sprint(i.ID, " ", i.Name, " ", i.UnitCost) })(
				costcatalog.New(c).Items.Replace(ctx, firstText, &costcatalog.ItemInput{Type: costcatalog.ItemTypePart, Name: "Hinge", Unit: "ea", UnitCost: value.NewDecimal(405, 2), IsUntaxed: new(false), CatalogID: firstText}))
		},
		want: "562950043421313 Hinge 4.05",
	},
}
