package scoro_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/value"
)

// peopleCalls are about contacts, users and what they cost.
var peopleCalls = map[string]goldenCall{
	"list-categories": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(k *scoro.Category) string {
				return fmt.Sprint(k.ID, " ", k.Name, " ", k.Symbol, " ", at(k.ModifiedAt))
			})(c.Categories.List(t.Context(), nil))
		},
		want: "2 Partner P 2026-01-07T10:00:00+02:00",
	},
	"view-client-profile": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(p *scoro.ClientProfile) string {
				return fmt.Sprint(p.ID, " ", p.Name, " ", p.Discount, " ", p.Discount2, " fine ", p.Fine, " days ", p.DeadlineDays, " ", p.LanguageID, " list ", p.PriceListID)
			})(c.ClientProfiles.Get(t.Context(), 3))
		},
		want: "3 Net 14 5.50 0 fine 0.05 days 14 eng list 1",
	},
	"update-client-profile": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(p *scoro.ClientProfile) string { return fmt.Sprint(p.ID, " ", p.Name, " days ", p.DeadlineDays) })(c.ClientProfiles.Update(t.Context(), 3,
				&scoro.ClientProfileUpdate{DeadlineDays: new(int64(30))}))
		},
		want: "3 Net 14 days 30",
	},
	"delete-comment": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.Comments.Delete(t.Context(), 6))
		},
	},
	"list-companies": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(k *scoro.Company) string {
				return fmt.Sprint(k.ID, " ", k.Name, " ", k.VATNumber, " ", k.IsClient, " in ", k.Addresses[0].City, " ", k.MeansOfContact.Email)
			})(c.Companies.List(t.Context(), &scoro.CompanyQuery{Name: "Harbour%"}))
		},
		want: "21 Harbour Works EE000000021 true in Tartu [a@example.com]",
	},
	"create-company": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(k *scoro.Company) string { return fmt.Sprint(k.ID, " ", k.Name, " ", k.Type, " ", k.IsSupplier) })(c.Companies.Create(t.Context(),
				&scoro.CompanyCreate{Name: "Birch Trading", IsSupplier: new(true)}))
		},
		want: "1 Birch Trading company true",
	},
	"delete-company": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.Companies.Delete(t.Context(), 21))
		},
	},
	"delete-contact": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.Contacts.Delete(t.Context(), 21))
		},
	},
	"related-of-contact": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			data, err := c.Contacts.RelatedObjects(t.Context(), 21)
			if err != nil {
				return "", err
			}
			var related map[string]struct{ Items []struct{ ID int64 } }
			err = json.Unmarshal(data, &related)
			return fmt.Sprint(related["projects"].Items, " ", len(related)), err
		},
		want: "[{4}] 5",
	},
	"list-relations": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(r *scoro.Relation) string {
				return fmt.Sprint(r.ObjectID, " ", r.Type, " ", r.Related["contacts"][0])
			})(c.Relations.List(t.Context()))
		},
		want: "21 contacts {30 employer since 2020 true}",
	},
	"create-relation": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(r *scoro.Relation) string {
				return fmt.Sprint(r.ObjectID, " ", len(r.Related["contacts"]), " ", r.Related["contacts"][1].ID)
			})(c.Relations.Create(t.Context(),
				&scoro.RelationCreate{ObjectID: 21, RelatedIDs: []int64{30, 31}, Type: "contacts"}))
		},
		want: "21 2 31",
	},
	"delete-relation": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return done(c.Relations.Delete(t.Context(), &scoro.RelationDelete{ObjectID: 21, RelatedIDs: []int64{30}, Type: "contacts"}))
		},
	},
	"list-relation-types": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(r *scoro.RelationType) string {
				return fmt.Sprint(r.Name, " ", r.SideOne, " ", r.SideTwo, " ", r.ObjectType)
			})(c.RelationTypes.List(t.Context()))
		},
		want: "Employment employer employee contacts",
	},
	"list-roles": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(r *scoro.Role) string {
				return fmt.Sprint(r.ID, " ", r.Name, " ", r.Users[0].ID, " ", r.Users[0].FullName)
			})(c.Roles.List(t.Context()))
		},
		want: "2 Designer 5 Eva Lepp",
	},
	"view-user-role": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(r *scoro.Role) string { return fmt.Sprint(r.ID, " ", r.Name, " ", r.Users[0].Email) })(c.UserRoles.Get(t.Context(), 2))
		},
		want: "2 Designer user5@example.com",
	},
	"list-role-prices": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(r *scoro.RolePrice) string {
				return fmt.Sprint(r.RoleID, " ", r.RoleName, " ", r.PriceListName, " ", r.SellingPrice, " ", r.Currency)
			})(c.RolePrices.List(t.Context(), &scoro.RolePriceQuery{PriceListID: 1}))
		},
		want: "2 Designer Standard 120.00 EUR",
	},
	"list-time-off": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(o *scoro.TimeOff) string {
				return fmt.Sprint(o.ID, " ", o.Type, " ", o.Users[0].UserID, " ", o.Users[0].Dates)
			})(c.TimeOffs.List(t.Context(), &scoro.TimeOffQuery{Date: value.BetweenDates(date(2026, 3, 1), date(2026, 3, 31))}))
		},
		want: "2 vacation 3 [{2026-03-05 -1} {2026-03-06 14400}]",
	},
	"view-user-group": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(g *scoro.UserGroup) string { return fmt.Sprint(g.ID, " ", g.Name, " ", g.IsHidden) })(c.UserGroups.Get(t.Context(), 2))
		},
		want: "2 Design false",
	},
	"view-labor-cost": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(u *scoro.UserLaborCost) string { return fmt.Sprint(u.UserID, " ", u.Costs) })(c.UserLaborCosts.Get(t.Context(), 3))
		},
		want: "3 [{2025-01-01 28.00} {2026-01-01 31.50}]",
	},
	"update-labor-cost": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return one(func(u *scoro.UserLaborCost) string { return fmt.Sprint(u.UserID, " ", u.Costs) })(c.UserLaborCosts.Update(t.Context(), 3,
				&scoro.UserLaborCostUpdate{ReplaceCosts: []scoro.LaborCost{{Date: date(2026, 3, 1), HourlyCost: value.NewDecimal(3300, 2)}}}))
		},
		want: "3 [{2026-03-01 33.00}]",
	},
	"list-users": {
		do: func(t *testing.T, c *scoro.Client) (string, error) {
			return rows(func(u *scoro.User) string {
				return fmt.Sprint(u.ID, " ", u.FirstName, " ", u.LastName, " ", u.Category, " ", u.Status)
			})(c.Users.List(t.Context(), &scoro.UserQuery{Email: "user5@example.com"}))
		},
		want: "5 Eva Lepp user active",
	},
}
