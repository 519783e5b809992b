// Package oscal reads OSCAL catalogs and profiles of other publishers, such as
// NIST SP 800-53, as guides of controls alone ([catalog.Guide.TreatsRisks]) and as
// profiles for them. What riskguide itself exported is read by another package, without
// loss.
//
// # What becomes what
//
// A group with controls is a clause, a control a control, a control inside another an
// enhancement of it, a withdrawn control a retired id with what it was incorporated
// into. Parameters stay parameters, with their ids; selections are choices. The part
// "statement" is the statement, its items are items; "guidance", "discussion" and
// "overview" are guidance. Links to other controls make them related, links to the
// back-matter references.
//
// # What has no place
//
// Reading takes out of the document what it reads. What is left in the end is
// reported as having no place in a guide, so that nothing is dropped in silence; see
// [Report].
package oscal
