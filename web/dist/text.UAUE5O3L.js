import{a,b}from"./chunk.SW7YXO4N.js";import"./chunk.FXWQA7B3.js";import"./chunk.OQZJGNU5.js";export{b as loadTexts,a as t};
