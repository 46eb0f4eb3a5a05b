package widget

import (
	"fmt"
	"math"
	"strconv"
)

// The backgrounds of src/frame.css, with which an accent must contrast.
const (
	lightPaper = "#ffffff"
	darkPaper  = "#17181a"
)

// accentShades returns a tenant's accent (#rrggbb, "" for the widget's own) as the frame uses it: on each
// background the nearest shade with enough contrast (WCAG 2.2 §1.4.11). Text on it is black or white,
// whichever is readable (src/frame.css). The console's preview has the same (web/src/console/accent.ts).
func accentShades(accent string) string {
	rgb, ok := parseColor(accent)
	if !ok {
		return ""
	}
	return "light-dark(" + shade(rgb, lightPaper, 0) + "," + shade(rgb, darkPaper, 255) + ")"
}

type color [3]int

// shade mixes a color with black or white, in steps of a twentieth, until it contrasts with a background.
func shade(from color, paper string, towards int) string {
	ground, _ := parseColor(paper)
	for part := 0; ; part++ {
		var mixed color
		for i := range mixed {
			mixed[i] = (from[i]*(20-part) + towards*part) / 20
		}
		if contrast(mixed, ground) >= 3 || part == 20 {
			return fmt.Sprintf("#%02x%02x%02x", mixed[0], mixed[1], mixed[2])
		}
	}
}

func parseColor(text string) (c color, ok bool) {
	if len(text) != 7 || text[0] != '#' {
		return c, false
	}
	for i := range c {
		n, err := strconv.ParseUint(text[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return c, false
		}
		c[i] = int(n)
	}
	return c, true
}

// contrast returns the contrast ratio of WCAG 2.2.
func contrast(a, b color) float64 {
	dark, light := luminance(a), luminance(b)
	if dark > light {
		dark, light = light, dark
	}
	return (light + 0.05) / (dark + 0.05)
}

func luminance(c color) float64 {
	channel := func(n int) float64 {
		v := float64(n) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(c[0]) + 0.7152*channel(c[1]) + 0.0722*channel(c[2])
}
