package cli

import (
	"bufio"
	"fmt"
	"slices"

	"github.com/ambit-iam/ambit/internal/account"
)

// The documents of verbs that give a list, by the schema that each names.
const (
	schemaWhoCan  = "ambit.who-can/1"
	schemaOutside = "ambit.outside/1"
	schemaPaths   = "ambit.paths/1"
	schemaGSLRun  = "ambit.gsl-run/1"
)

// accessParts are the parts of an account that decide who may do what.
var accessParts = []account.Part{
	account.PartUsers, account.PartGroups, account.PartRoles, account.PartPolicies, account.PartManagedDocuments,
}

// gaps are what could not be read of what answers rest on: who may be missing from them, and which policies.
func (all worlds) gaps() []account.Gap {
	var snapshots []*account.Snapshot
	for _, w := range all {
		snapshots = append(snapshots, w.Snapshot())
	}
	return slices.DeleteFunc(gapsOf(snapshots), func(g account.Gap) bool { return !slices.Contains(accessParts, g.Part) })
}

// gapsOf are the gaps of all accounts, each with the account that it is of.
func gapsOf(snapshots []*account.Snapshot) []account.Gap {
	all := []account.Gap{}
	for _, s := range snapshots {
		for _, g := range s.Gaps {
			g.Account = s.Account
			all = append(all, g)
		}
	}
	return all
}

// writeAnswers writes a list of answers with what could not be read, as one document, an answer and a gap a line.
func writeAnswers[T any](a *app, schema string, answers []T, gaps []account.Gap) error {
	w := bufio.NewWriter(a.world.Stdout)
	fmt.Fprintf(w, "{\"schema\":%q,\n\"answers\":[", schema) //nolint:errcheck // kept by the writer for Flush
	if err := writeElements(w, answers); err != nil {
		return err
	}
	fmt.Fprint(w, "],\n\"gaps\":[") //nolint:errcheck // kept by the writer for Flush
	if err := writeElements(w, gaps); err != nil {
		return err
	}
	fmt.Fprintln(w, "]}") //nolint:errcheck // kept by the writer for Flush
	return w.Flush()
}

// writeElements writes the elements of a list, each on a line, without the brackets around them.
func writeElements[T any](w *bufio.Writer, list []T) error {
	for i := range list {
		line, err := marshal(list[i])
		if err != nil {
			return err
		}
		if i > 0 {
			fmt.Fprint(w, ",") //nolint:errcheck // kept by the writer for Flush
		}
		fmt.Fprintf(w, "\n%s", line) //nolint:errcheck // kept by the writer for Flush
	}
	if len(list) > 0 {
		fmt.Fprintln(w) //nolint:errcheck // kept by the writer for Flush
	}
	return nil
}
