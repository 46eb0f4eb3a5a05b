package example

// A tea is one product.
type tea struct {
	Slug, Name, Origin, Price  string
	Line                       string // in the list
	About                      string // on its own page
	Amount, Water, Time, Again string
}

// shelf is everything the shop sells.
var shelf = []tea{
	{
		Slug: "morning-sencha", Name: "Morning Sencha", Origin: "Shizuoka, Japan", Price: "€14.50",
		Line:   "Grassy, bright, a little of the sea.",
		About:  "First flush, steamed within the hour it was picked. The first cup is sweet and green; the second, brewed for half as long, is the one to sit down with.",
		Amount: "5 g", Water: "70 °C, 200 ml", Time: "60 seconds", Again: "three times",
	},
	{
		Slug: "wuyi-oolong", Name: "Wuyi Oolong", Origin: "Fujian, China", Price: "€19.00",
		Line:   "Roasted over charcoal. Stone fruit, cocoa.",
		About:  "A rock oolong from a steep garden, roasted twice over charcoal and left to rest for a year. Start hot and short; it opens a little with every cup.",
		Amount: "6 g", Water: "95 °C, 150 ml", Time: "20 seconds", Again: "six times",
	},
	{
		Slug: "second-flush", Name: "Second Flush", Origin: "Darjeeling, India", Price: "€12.00",
		Line:   "Muscatel and warm wood, for the afternoon.",
		About:  "Picked in June, when the leaves have the muscatel note that Darjeeling is known for. It forgives a long brew and needs no milk.",
		Amount: "3 g", Water: "90 °C, 250 ml", Time: "3 minutes", Again: "once",
	},
	{
		Slug: "white-peony", Name: "White Peony", Origin: "Fuding, China", Price: "€16.00",
		Line:   "Hay, melon and very little else.",
		About:  "A bud and two leaves, withered in the sun and otherwise left alone. Light enough for the evening, and hard to brew badly.",
		Amount: "4 g", Water: "80 °C, 250 ml", Time: "2 minutes", Again: "four times",
	},
}

// find returns the tea with the slug; nil if there is none.
func find(slug string) *tea {
	for i := range shelf {
		if shelf[i].Slug == slug {
			return &shelf[i]
		}
	}
	return nil
}
