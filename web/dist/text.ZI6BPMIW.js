import{a,b}from"./chunk.V5PV2NVR.js";import"./chunk.6BSJZNUP.js";import"./chunk.OQZJGNU5.js";export{b as loadTexts,a as t};
