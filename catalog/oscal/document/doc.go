// Package document holds the OSCAL documents that riskguide reads and writes:
// catalog, profile and component definition, as NIST defines them
// (https://pages.nist.gov/OSCAL/, version 1.1.3), with reading and writing of
// their JSON form.
//
// The types have all that the format knows, in its own words; what it means for a
// guide is said elsewhere: package riskguide/render/oscal makes documents of a
// guide, package riskguide/catalog/oscal a guide of documents.
//
// # Reading
//
// [Decode] is strict: a key that the format does not know, a key that stands
// twice, a value of another type or form, and what is missing are problems with
// line and column, all reported together. [Options.Lenient] makes warnings of
// those that do not hinder reading, for the documents of others. Size, depth and
// the number of problems are bounded.
//
// # Writing
//
// [Encode] writes keys in the order of the types and checks the forms of all
// values, so that the result is valid under NIST's JSON Schema. The same document
// yields the same bytes.
//
// # Ids
//
// [UUID] makes the same UUID of the same names, always. [Token] makes an id of the
// form that OSCAL wants of a name, [Escape] and [Unescape] put plain text into
// OSCAL's Markdown and take it out again.
package document
