package db

import (
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func searchFor(t *testing.T, text string) *search {
	t.Helper()
	s, err := newSearch(text)
	if err != nil {
		t.Fatalf("%.40q: %v", text, err)
	}
	return s
}

func TestSearchFinds(t *testing.T) {
	for _, c := range []struct{ text, search string }{
		{"Spring harvest", "SPRING"},
		{"Straße", "STRASSE"}, {"STRASSE", "straße"}, {"STRAẞE", "strasse"}, {"Straße", "STRAẞE"},
		{"ΟΔΥΣΣΕΥΣ", "οδυσσευς"}, {"Οδυσσεύς", "ΟΔΥΣΣΕΥΣ"}, {"λόγος", "ΛΟΓΟΣ"}, {"λόγος", "λογοσ"},
		{"Cafe\u0301", "café"}, {"café", "Cafe\u0301"}, {"café", "cafe"}, {"CAFÉ", "café"}, {"Việt Nam", "viet"}, {"Việt Nam", "VIỆT"},
		{"Résumé", "résume"}, {"naïve", "NAIVE"}, {"Ελληνικά", "ελληνικα"}, {"ёлка", "елка"}, {"Łódź", "lodz"}, {"Smørrebrød", "smorrebrod"},
		{"İstanbul", "istanbul"}, {"ISTANBUL", "istanbul"}, {"ısırgan", "isirgan"}, {"cœur", "coeur"}, {"Ærø", "aero"},
		{"ﬁne", "FINE"}, {"①②", "12"}, {"ｆｕｌｌ ｗｉｄｔｈ", "full width"}, {"ｶﾞｲﾄﾞ", "ガイド"}, {"ガイド", "ｶﾞｲﾄﾞ"}, {"㎏", "kg"}, {"x²", "x2"}, {"wait…", "wait..."},
		{"한국어", "한국어"}, {norm.NFD.String("한국어"), "한국어"}, {"日本茶", "本"},
		{"don’t", "don't"}, {"don't", "don’t"}, {"“so”", "\"so\""}, {"«so»", "„so“"}, {"1914–1918", "1914-1918"}, {"a\u00a0b", "a b"},
		{"hy\u00adphen", "hyphen"}, {"zero\u200bwidth", "zerowidth"}, {"שָׁלוֹם", "שלום"}, {"مُحَمَّد", "محمد"}, {"हिन्दी", "हिन्दी"}, {"ไทย", "ไทย"},
		{"a" + strings.Repeat("é", 100) + "z", strings.Repeat("e", 100) + "Z"}, {"x" + strings.Repeat("ab", 70) + "ö", strings.Repeat("ab", 70) + "o"},
		{strings.Repeat("\ufdfa", 3000) + "é", "É"},
	} {
		if s := searchFor(t, c.search); s == nil || !s.finds(c.text) {
			t.Errorf("%q does not find %.40q", c.search, c.text)
		}
	}
	for _, c := range []struct{ text, search string }{
		{"cafe", "café"}, {"café", "cafè"}, {"resume", "résume"}, {"o", "ø"}, {"lodz", "łodz"},
		{"कुल", "कल"}, {"は", "ば"}, {"はは", "ばば"}, {"ばば", "はは"}, {"spring", "spring harvest"}, {"", "a"}, {"é", "ee"}, {"aé", "éa"},
		{"日本", "茶"}, {"x" + strings.Repeat("é", 99), strings.Repeat("e", 100)},
	} {
		if searchFor(t, c.search).finds(c.text) {
			t.Errorf("%q finds %.40q", c.search, c.text)
		}
	}
	for _, nothing := range []string{"", " ", "\u00ad", "\u0301"} {
		if searchFor(t, nothing) != nil {
			t.Errorf("there is a search for %q", nothing)
		}
	}
}

// A search finds each part of a text in every normal form and case.
func TestASearchFindsEachPartOfAText(t *testing.T) {
	alphabet := []string{"a", "B", "é", "e\u0301", "ß", "Σ", "ς", "Ø", "茶", "한", " ", "-", "’", "🍵", "ﬁ"}
	find := func(picks []uint8, from, to uint8) bool {
		var letters []string
		for _, p := range picks {
			letters = append(letters, alphabet[int(p)%len(alphabet)])
		}
		i, j := int(from)%(len(letters)+1), int(to)%(len(letters)+1)
		part := strings.Join(letters[min(i, j):max(i, j)], "")
		text := strings.Join(letters, "")
		for _, form := range []string{part, norm.NFD.String(part), norm.NFKC.String(part), strings.ToUpper(part), strings.ToLower(part)} {
			if s := searchFor(t, form); s != nil && !s.finds(text) {
				t.Logf("%q does not find %q", form, text)
				return false
			}
		}
		return true
	}
	if err := quick.Check(find, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}

// The allocations of a search don't grow with the text, even where folding makes the text much longer.
func TestSearchStoresNoText(t *testing.T) {
	s := searchFor(t, "nowhere é")
	for _, letter := range []string{"\ufdfa", "ß", "é", "\u0390", "a\u0301"} {
		short, long := strings.Repeat(letter, 10), strings.Repeat(letter, (64<<10)/utf8.RuneCountInString(letter)/3)
		few, many := testing.AllocsPerRun(5, func() { s.finds(short) }), testing.AllocsPerRun(5, func() { s.finds(long) })
		if many > few+20 {
			t.Errorf("%q: %v allocations for a short text, %v for a long one", letter, few, many)
		}
	}
}

func TestSearchTextLengthIsLimited(t *testing.T) {
	for text, short := range map[string]bool{
		strings.Repeat("x", MaxSearch): true, strings.Repeat("é", MaxSearch) + " ": true, strings.Repeat("x", MaxSearch+1): false,
		strings.Repeat("ß", 100): true, strings.Repeat("\ufdfa", MaxSearch): false, strings.Repeat("\u0301", 100<<10): false,
	} {
		if s, err := newSearch(text); (err == nil) != short || !short && !IsCode(err, CodeInvalid) || s != nil && s.size > maxSearchLetters {
			t.Errorf("%.20q of %d bytes: %v", text, len(text), err)
		}
	}
}
