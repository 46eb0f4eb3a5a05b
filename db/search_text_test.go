package db

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/quick"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
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

// plainLetters is a simple version of letters.read: it normalizes the whole text and folds each character.
func plainLetters(text string) (all []string) {
	fold := cases.Fold()
	for _, r := range norm.NFKD.String(text) {
		characters := []rune{r}
		switch {
		case isIgnored(r):
			continue
		case r < utf8.RuneSelf:
			characters = []rune{unicode.ToLower(r)}
		case !isMark(r) && unicode.In(r, casedScripts...):
			characters = []rune(fold.String(string(r)))
		}
		for _, r := range characters {
			same, ok := typedForms[r]
			if !ok {
				same = string(r)
			}
			for _, r := range same {
				if !isMark(r) {
					all = append(all, string(r))
				} else if len(all) > 0 {
					all[len(all)-1] += string(r)
				}
			}
		}
	}
	return all
}

func readLetters(text string) (all []string) {
	l := letters{do: func(base rune, marks []byte) bool {
		all = append(all, string(base)+string(marks))
		return true
	}}
	l.read(text)
	return all
}

// letters.read reads each character as in the normal form of the whole text, with any neighbors.
func TestLettersAreReadAsInTheNormalForm(t *testing.T) {
	for r := rune(1); r <= unicode.MaxRune; r++ {
		if r >= 0xd800 && r < 0xe000 || isPlain(r) && r%97 != 0 {
			continue
		}
		for _, text := range []string{string(r), "a" + string(r) + "\u0323", "\u00e9\u0327" + string(r) + "B"} {
			if got, want := readLetters(text), plainLetters(text); !reflect.DeepEqual(got, want) {
				t.Fatalf("%U in %+q: %+q, not %+q", r, text, got, want)
			}
		}
	}
}

func TestTextsAreReadAndSearchedAsInTheNormalForm(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("aBeoß ΣςσάΐØøłĳﬁ茶한글각ガｶﾞ１①㎏\ufdfa\u0149’“—…\u00ad\u200d\u034f\u0301\u0323\u0327\u0338\u0345\u05b0\u0e38\u093c\u094dकी\U0001d49c🍵İıẞДй\u0f73\u1e69")
	texts := func(n int) string {
		var b strings.Builder
		for range random.IntN(n) {
			r := alphabet[random.IntN(len(alphabet))]
			if random.IntN(8) == 0 {
				r = random.Int32N(0x3000)
			}
			b.WriteRune(r)
		}
		return b.String()
	}
	found := 0
	for range 20_000 {
		text, part := texts(40), texts(4)
		want := plainLetters(text)
		if got := readLetters(text); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+q: %+q, not %+q", text, got, want)
		}
		if part = strings.TrimSpace(part); len(plainLetters(part)) == 0 {
			continue
		}
		finds := plainlyFinds(want, plainLetters(part))
		if searchFor(t, part).finds(text) != finds {
			t.Fatalf("%+q in %+q: %t", part, text, !finds)
		}
		if finds {
			found++
		}
	}
	if found < 100 {
		t.Errorf("only %d were found", found)
	}
}

// plainlyFinds compares part with text at each position.
func plainlyFinds(text, part []string) bool {
	for i := range len(text) - len(part) + 1 {
		j := 0
		for j < len(part) && (text[i+j] == part[j] || utf8.RuneCountInString(part[j]) == 1 && strings.HasPrefix(text[i+j], part[j])) {
			j++
		}
		if j == len(part) {
			return true
		}
	}
	return false
}

func BenchmarkFinds(b *testing.B) {
	for name, letters := range map[string]string{
		"ASCII": "the quick Brown ", "Cyrillic": "быстрая Лиса ", "Vietnamese": "Việt Nam đẹp lắm ", "Han": "日本茶", "decomposed": "e\u0301",
		"an apostrophe": strings.Repeat("the quick brown fox jumps over the lazy dog ", 9) + "’", "long": "\ufdfa", "mathematical": "𝒜𝓑", "Hangul": "한국어",
	} {
		text := strings.Repeat(letters, (64<<10)/len(letters))
		for _, sought := range []string{"nowhere", strings.Repeat("é", 200)} {
			b.Run(name+"/"+sought[:2], func(b *testing.B) {
				s, err := newSearch(sought)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for range b.N {
					s.finds(text)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(s.work), "ns/work")
			})
		}
	}
}
