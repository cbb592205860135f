package value_test

import (
	"fmt"
	"time"

	"github.com/cordage-go/cordage/value"
)

func ExampleDecimal() {
	price, err := value.ParseDecimal("19.90")
	if err != nil {
		panic(err)
	}
	fmt.Println(price, price.Cmp(value.NewDecimal(199, 1)))
	// Output: 19.90 0
}

func ExampleBetweenDates() {
	march := value.BetweenDates(
		value.Date{Year: 2026, Month: time.March, Day: 1},
		value.Date{Year: 2026, Month: time.March, Day: 31},
	)
	fmt.Println(march.From, march.To)
	// Output: 2026-03-01 2026-03-31
}

func ExampleSince() {
	week := value.Since(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -7))
	fmt.Println(week.From.Format(time.DateOnly), week.To.IsZero())
	// Output: 2026-02-22 true
}
