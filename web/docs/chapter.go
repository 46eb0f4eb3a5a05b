package main

// A chapter is a part of the documentation, for one kind of reader.
type chapter struct {
	Title string  `json:"title"`
	Pages []entry `json:"pages"`
}

// An entry is a page in the navigation.
type entry struct {
	Name  string `json:"name"` // docs/<name>.md, and /docs/<name>
	Title string `json:"title"`
}

// frontPage is the page at /docs.
const frontPage = "README"

// chapters returns the pages in the order of the navigation, without their titles. Each file in docs must be one of them.
func chapters() []chapter {
	return []chapter{
		{"Companies", []entry{{Name: "embedding"}, {Name: "console"}, {Name: "element"}, {Name: "assertions"}, {Name: "webhooks"}, {Name: "troubleshooting"}, {Name: "graphql"}}},
		{"People", []entry{{Name: "notes"}, {Name: "recovery"}, {Name: "encryption"}}},
		{"Operators", []entry{{Name: "deploying"}, {Name: "configuration"}, {Name: "operating"}, {Name: "postgresql"}, {Name: "scaling"}, {Name: "performance"}}},
		{"Translators", []entry{{Name: "glossary"}}},
	}
}
