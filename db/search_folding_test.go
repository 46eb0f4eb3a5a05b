package db

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

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
