package db_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// A cluster distributes the tables with people's rows (peopleTables). It refuses some statements that a single PostgreSQL
// accepts. These rules find such statements without a cluster.

// ofPeople matches the name of a table that is distributed by the user. distributed matches the name of any distributed
// table.
var (
	ofPeople    = anyOf(db.PeopleTables)
	distributed = anyOf(db.PeopleTables, db.LookupTables)
)

func anyOf(tables ...map[string]string) string {
	var names []string
	for _, t := range tables {
		for name := range t {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return `(?:public\.)?(?:` + strings.Join(names, "|") + `)\b`
}

// stable matches calls of functions that may return another result later.
const stable = `\b(?:now|current_setting|clock_timestamp|to_char|date_trunc)\(|\bCURRENT_TIMESTAMP\b`

var (
	insertSelect = regexp.MustCompile(`\bINSERT INTO ` + distributed + `(?: AS \w+)? ?(?:\([^)]*\))? ?\(?(?:SELECT|WITH)\b`)
	changes      = regexp.MustCompile(`\b(?:INSERT INTO|UPDATE|DELETE FROM) ` + distributed)
	stableCall   = regexp.MustCompile(stable)
	columnAge    = regexp.MustCompile(`\b\w+_(?:at|until) [+-] ?(?:[a-z]\w*|\(|\?|\$)`)
	ctid         = regexp.MustCompile(`\bctid\b`)
	roleChange   = regexp.MustCompile(`\bSET (?:LOCAL |SESSION )?(?:ROLE|SESSION AUTHORIZATION)\b|set_config\('role'`)
	people       = regexp.MustCompile(`\b(?:FROM|JOIN|INTO|UPDATE) ` + ofPeople)
	usersOnly    = regexp.MustCompile(`\b(?:FROM|JOIN|INTO|UPDATE) (?:public\.)?users\b`)
	namesUser    = regexp.MustCompile(`\b(?:user_id|merged_into) (?:=|IN|<>) ?(?:ANY ?)?\(?(?:\$\d|\?)|\(user_id, \w+\) (?:=|IN|<=|>) ?\(?(?:\$\d|\?)`)
	namesID      = regexp.MustCompile(`\bid (?:=|IN) ?(?:ANY ?)?\(?(?:\$\d|\?)`)
	insertsUser  = regexp.MustCompile(`\bINSERT INTO (?:(?:public\.)?users(?: AS \w+)? ?\(id,|` + ofPeople + `(?: AS \w+)? ?\([^)]*\buser_id\b)`)
)

// statementRules has a function for each rule. It reports whether a statement breaks the rule.
var statementRules = map[string]func(string) bool{
	"inserts what it selects": insertSelect.MatchString,
	"a stable function in CASE, COALESCE": func(s string) bool {
		return changes.MatchString(s) && slices.ContainsFunc(conditionals(s), stableCall.MatchString)
	},
	"a stable function in ON CONFLICT": func(s string) bool {
		_, update, found := strings.Cut(s, "DO UPDATE SET ")
		return found && changes.MatchString(s) && stableCall.MatchString(update)
	},
	"a column and an interval": func(s string) bool { return changes.MatchString(s) && columnAge.MatchString(s) },
	"ctid":                     ctid.MatchString,
	"changes the role":         roleChange.MatchString,
	"names no user": func(s string) bool {
		return people.MatchString(s) && !namesUser.MatchString(s) && !insertsUser.MatchString(s) && !(usersOnly.MatchString(s) && namesID.MatchString(s))
	},
}

// conditionals returns the CASE and COALESCE expressions of a statement.
func conditionals(s string) (found []string) {
	for _, start := range regexp.MustCompile(`(?i)\b(?:coalesce)\(`).FindAllStringIndex(s, -1) {
		depth := 1
		for i := start[1]; i < len(s) && depth > 0; i++ {
			switch s[i] {
			case '(':
				depth++
			case ')':
				depth--
			}
			if depth == 0 {
				found = append(found, s[start[1]:i])
			}
		}
	}
	return append(found, regexp.MustCompile(`\bCASE\b.*?\bEND\b`).FindAllString(s, -1)...)
}

// A statement is an SQL text, with the name of the Go function, Go constant or database function that has it.
type statement struct{ in, text string }

// statements returns the statements in this package's source and in the functions of a database.
func statements(t *testing.T, d *dbtest.Database) (all []statement) {
	t.Helper()
	names, err := filepath.Glob("*.go")
	must(t, err)
	files := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") {
			f, err := parser.ParseFile(files, name, nil, 0)
			must(t, err)
			parsed = append(parsed, f)
		}
	}
	s := source{constants: map[string]ast.Expr{}}
	for _, f := range parsed {
		ast.Inspect(f, s.addConstants)
	}
	for _, f := range parsed {
		for _, d := range f.Decls {
			all = append(all, s.statements(d)...)
		}
	}
	c := d.Connect(t, d.Superuser())
	rows, err := c.Query(t.Context(), `SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prolang <> (SELECT oid FROM pg_language WHERE lanname = 'c')`)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var name, body string
		must(t, rows.Scan(&name, &body))
		for _, text := range strings.Split(body, ";") {
			all = append(all, statement{name + "()", plainSpaces(text)})
		}
	}
	must(t, rows.Err())
	return all
}

// A source finds SQL in Go files.
type source struct{ constants map[string]ast.Expr }

func (s source) addConstants(n ast.Node) bool {
	if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == len(v.Names) {
		for i, name := range v.Names {
			if _, isText := v.Values[i].(*ast.CompositeLit); !isText {
				s.constants[name.Name] = v.Values[i]
			}
		}
	}
	return true
}

// text returns the value of a string expression, with … for each part that is not constant.
func (s source) text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.BinaryExpr:
		return s.text(e.X) + s.text(e.Y)
	case *ast.ParenExpr:
		return s.text(e.X)
	case *ast.Ident:
		if value, ok := s.constants[e.Name]; ok {
			switch value.(type) {
			case *ast.BasicLit, *ast.BinaryExpr, *ast.Ident:
				return s.text(value)
			}
		}
	}
	return "…"
}

var startsSQL = regexp.MustCompile(`^(?:SELECT|INSERT|UPDATE|DELETE|WITH|SET|BEGIN|MERGE|CALL|DO)\b`)

// statements returns the statements in a declaration.
func (s source) statements(d ast.Decl) (all []statement) {
	in := "a variable"
	if f, ok := d.(*ast.FuncDecl); ok {
		in = f.Name.Name
	}
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			if _, ok := d.(*ast.GenDecl); ok {
				in = n.Names[0].Name
			}
		case *ast.BasicLit, *ast.BinaryExpr:
			text := plainSpaces(s.text(n.(ast.Expr)))
			if startsSQL.MatchString(text) {
				all = append(all, statement{in, text})
			}
			return !startsSQL.MatchString(text)
		}
		return true
	})
	return all
}

// plainSpaces removes comments, and replaces line breaks and repeated spaces with one space.
func plainSpaces(sql string) string {
	return strings.Join(strings.Fields(regexp.MustCompile(`--[^\n]*`).ReplaceAllString(sql, "")), " ")
}
