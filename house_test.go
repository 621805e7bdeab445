package ambit_test

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

const module = "github.com/ambit-iam/ambit"

// The outside modules that more than one room uses.
const (
	jsonModule = "github.com/go-json-experiment/json"
	yamlModule = "go.yaml.in/yaml/v3"
	sdkModule  = "github.com/aws/"
)

// testOnly are rooms that only tests may import: what ships has no use for them.
var testOnly = []string{"internal/account/accounttest", "internal/aws/conn/conntest", "internal/authz/differential", "internal/review/reviewtest"}

// room is a package's place in the house.
type room struct {
	floor int
	allow []string // outside modules that its own code may import
}

// plan is the house: a room imports only rooms on lower floors, and of the outside world only what its row
// allows. docs/architecture.md tells the same in words.
var plan = map[string]room{
	"rules":                          {1, nil},
	"internal/arn":                   {1, nil},
	"internal/source":                {1, nil},
	"internal/iamref":                {1, nil},
	"internal/account/wire":          {2, []string{jsonModule}},
	"internal/finding":               {2, nil},
	"internal/gsl/syntax":            {2, nil},
	"internal/policy":                {2, []string{jsonModule}},
	"internal/review/glob":           {2, nil},
	"internal/strictyaml":            {2, []string{yamlModule}},
	"internal/account":               {3, []string{jsonModule}},
	"internal/authz":                 {3, nil},
	"internal/gsl":                   {3, nil},
	"internal/review/element":        {3, nil},
	"internal/access":                {4, []string{jsonModule}},
	"internal/account/accounttest":   {4, []string{jsonModule}},
	"internal/authz/differential":    {4, []string{jsonModule}},
	"internal/capture":               {4, []string{jsonModule}},
	"internal/demo":                  {4, nil},
	"internal/facts":                 {4, nil},
	"internal/review":                {4, nil},
	"internal/review/diff":           {4, nil},
	"internal/review/reviewtest":     {4, nil},
	"internal/rule":                  {4, []string{yamlModule, "golang.org/x/tools/txtar"}},
	"internal/settings":              {4, []string{yamlModule}},
	"internal/simulate":              {4, []string{jsonModule, yamlModule}},
	"internal/aws/conn":              {4, []string{sdkModule, "golang.org/x/time/rate"}},
	"internal/aws/conn/conntest":     {4, nil},
	"internal/aws/sandbox/directory": {4, []string{sdkModule, jsonModule}},
	"internal/aws/sandbox/query":     {4, []string{sdkModule}},
	"internal/assess":                {5, nil},
	"internal/report":                {5, []string{jsonModule}},
	"internal/aws/read":              {5, []string{sdkModule, "golang.org/x/sync/"}},
	"internal/aws/sandbox":           {5, []string{sdkModule, "golang.org/x/time/rate"}},
	"internal/report/sarif":          {6, []string{jsonModule}},
	"internal/report/text":           {6, terminal},
	"internal/engine":                {6, nil},
	"internal/cli":                   {8, append([]string{"github.com/spf13/", "github.com/schollz/progressbar/v3", "golang.org/x/sys/unix", jsonModule}, terminal...)},
	"internal/iamref/gen":            {9, []string{jsonModule}},
	"cmd/ambit":                      {9, nil},
}

// terminal is what knows of colours and widths.
var terminal = []string{"charm.land/lipgloss/v2", "github.com/charmbracelet/"}

// forTests is what any room's tests may import beside its own row.
var forTests = []string{
	"pgregory.net/rapid", "github.com/google/go-cmp/", "github.com/rogpeppe/go-internal/testscript",
	"github.com/santhosh-tekuri/jsonschema/v6", jsonModule, "golang.org/x/tools/txtar",
}

// testsOf is what the tests of one room may import beside that.
var testsOf = map[string][]string{
	"internal/engine": {sdkModule}, // makes the same state in moto and in the sandbox
}

// pure rooms see no clock, no network, no files and no goroutine: floors 1 to 5, but for those that speak to AWS.
func (r room) pure(name string) bool {
	return r.floor <= 5 && !strings.HasPrefix(name, "internal/aws/")
}

// impure are the standard packages that a pure room may not import.
var impure = []string{"net", "net/http", "os", "os/exec", "os/signal", "log", "log/slog", "context"}

// templates switch off the linker's removal of unused methods and cost 10 MB of binary.
var templates = []string{"html/template", "text/template"}

// goPackage is what the go command says of one package of ours.
type goPackage struct {
	name        string
	imports     []string
	testImports []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	const format = "{{.ImportPath}}\t{{join .Imports \" \"}}\t{{join .TestImports \" \"}} {{join .XTestImports \" \"}}"
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", format, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for line := range strings.Lines(string(out)) {
		column := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		name := strings.TrimPrefix(strings.TrimPrefix(column[0], module), "/")
		all = append(all, goPackage{
			name: name, imports: strings.Fields(column[1]), testImports: strings.Fields(column[2]),
		})
	}
	if len(all) < 2 {
		t.Fatal("go list found no packages")
	}
	return all
}

// TestFloors holds the imports of every room against the plan.
func TestFloors(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{"": true}
	edges := 0
	for _, p := range packages(t) {
		here, planned := plan[p.name]
		if seen[p.name] = true; p.name == "" {
			continue
		}
		if !planned {
			t.Errorf("%s has no floor: give it a row in the plan", p.name)
			continue
		}
		edges += len(p.imports)
		for _, imported := range p.imports {
			checkImport(t, p.name, here, imported)
		}
		for _, imported := range p.testImports {
			if isOutside(imported) && !hasPrefix(slices.Concat(here.allow, forTests, testsOf[p.name]), imported) {
				t.Errorf("the tests of %s may not import %s", p.name, imported)
			}
		}
	}
	for name := range plan {
		if !seen[name] {
			t.Errorf("the plan has a row for %s, and there is no such package", name)
		}
	}
	t.Logf("%d packages, %d imports", len(seen), edges)
}

func checkImport(t *testing.T, name string, here room, imported string) {
	t.Helper()
	if dep, ours := strings.CutPrefix(imported, module+"/"); ours {
		if slices.Contains(testOnly, dep) && !slices.Contains(testOnly, name) {
			t.Errorf("%s imports %s, which is for tests alone", name, dep)
		}
		if plan[dep].floor >= here.floor {
			t.Errorf("%s (floor %d) imports %s (floor %d)", name, here.floor, dep, plan[dep].floor)
		}
		return
	}
	switch {
	case isOutside(imported):
		if !hasPrefix(here.allow, imported) {
			t.Errorf("%s may not import %s", name, imported)
		}
	case slices.Contains(templates, imported):
		t.Errorf("%s imports %s, which costs 10 MB of binary", name, imported)
	case here.pure(name) && slices.Contains(impure, imported):
		t.Errorf("%s (floor %d) is pure and may not import %s", name, here.floor, imported)
	}
}

func isOutside(imported string) bool {
	host, _, _ := strings.Cut(imported, "/")
	return strings.Contains(host, ".") && !strings.HasPrefix(imported, module)
}

func hasPrefix(prefixes []string, s string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// TestPackageDocs wants of every package comment a contract, limits, and the floor that the plan gives it.
func TestPackageDocs(t *testing.T) {
	t.Parallel()
	floorLine := regexp.MustCompile(`(?m)^// Floor: (\d+)`)
	checked := 0
	for name, files := range sources(t) {
		here, planned := plan[name]
		if !planned {
			continue
		}
		checked++
		doc := packageComment(files)
		if name == "cmd/ambit" {
			if doc == "" {
				t.Errorf("%s has no package comment", name)
			}
			continue // its comment is the program's manual
		}
		for _, want := range []string{"Contract:", "Limits:"} {
			if !strings.Contains(doc, want) {
				t.Errorf("the package comment of %s does not say its %s", name, want)
			}
		}
		m := floorLine.FindStringSubmatch(doc)
		if m == nil || m[1] != strconv.Itoa(here.floor) {
			t.Errorf("the package comment of %s does not end with \"Floor: %d.\"", name, here.floor)
		}
	}
	if checked != len(plan) {
		t.Errorf("checked %d package comments of %d", checked, len(plan))
	}
	t.Logf("%d package comments", checked)
}

// TestPure looks into the pure rooms for what an import does not show: goroutines and the clock.
func TestPure(t *testing.T) {
	t.Parallel()
	nodes := 0
	for name, files := range sources(t) {
		if here, planned := plan[name]; !planned || !here.pure(name) {
			continue
		}
		for _, f := range files {
			ast.Inspect(f.tree, func(n ast.Node) bool {
				nodes++
				switch n := n.(type) {
				case *ast.GoStmt:
					t.Errorf("%s: %s is pure and starts a goroutine", f.set.Position(n.Pos()), name)
				case *ast.SelectorExpr:
					if pkg, _ := n.X.(*ast.Ident); pkg != nil && pkg.Name == "time" && (n.Sel.Name == "Now" || n.Sel.Name == "Since") {
						t.Errorf("%s: %s is pure and reads the clock", f.set.Position(n.Pos()), name)
					}
				}
				return true
			})
		}
	}
	if nodes == 0 {
		t.Error("no pure room found")
	}
	t.Logf("%d nodes", nodes)
}

// sourceFile is one parsed file of ours.
type sourceFile struct {
	path string
	tree *ast.File
	set  *token.FileSet
}

// sources parses every Go file that is not a test, by package folder.
func sources(t *testing.T) map[string][]sourceFile {
	t.Helper()
	all := map[string][]sourceFile{}
	set := token.NewFileSet()
	walkGo(t, func(path string) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		tree, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.ToSlash(filepath.Dir(path))
		all[name] = append(all[name], sourceFile{path, tree, set})
	})
	return all
}

// packageComment is the comment of a package as written, with its slashes.
func packageComment(files []sourceFile) string {
	var b strings.Builder
	for _, f := range files {
		if f.tree.Doc == nil {
			continue
		}
		for _, line := range f.tree.Doc.List {
			b.WriteString(line.Text + "\n")
		}
	}
	return b.String()
}

func walkGo(t *testing.T, visit func(path string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (path == "tools" || entry.Name() == "testdata" || len(path) > 1 && path[0] == '.'):
			return fs.SkipDir
		case strings.HasSuffix(path, ".go"):
			visit(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

const fileCeiling = 500

// longer are the files that may be up to 800 lines, each with its reason.
var longer = map[string]string{}

// TestFileLength keeps files short enough to be read in one sitting.
func TestFileLength(t *testing.T) {
	t.Parallel()
	files := 0
	walkGo(t, func(path string) {
		files++
		lines := countLines(t, path)
		ceiling := fileCeiling
		if longer[path] != "" {
			ceiling = 800
		}
		if lines > ceiling {
			t.Errorf("%s has %d lines, more than %d: split it by vocabulary", path, lines, ceiling)
		}
	})
	if files == 0 {
		t.Error("no Go files found")
	}
	t.Logf("%d files", files)
}

func countLines(t *testing.T, path string) int {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // read only
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); n++ {
	}
	return n
}

// awsOperations is what each room that speaks to AWS may ask of it. No room of Ambit changes anything yet:
// GenerateCredentialReport makes a report, and AssumeRole a session.
var awsOperations = map[string][]string{
	"internal/aws/conn": {"GetCallerIdentity", "AssumeRole", "AssumeRoleWithWebIdentity"},
	"internal/aws/read": {
		"GetAccountAuthorizationDetails", "GenerateCredentialReport", "GetCredentialReport", "GetAccountSummary",
		"GetAccountPasswordPolicy", "ListVirtualMFADevices", "ListServerCertificates", "ListSAMLProviders",
		"ListOpenIDConnectProviders", "ListAccountAliases", "ListInstanceProfiles", "ListPolicies", "GetPolicy", "GetPolicyVersion",
		"ListRoles", "ListMFADevices", "ListAccessKeys", "GetCallerIdentity",
	},
}

// TestAWSOperations holds every call of an AWS operation, anywhere, against the list of its room.
func TestAWSOperations(t *testing.T) {
	t.Parallel()
	operations := sdkOperations()
	if len(operations) < 150 {
		t.Fatalf("found only %d operations in the SDK", len(operations))
	}
	calls := 0
	for name, files := range sources(t) {
		if !strings.HasPrefix(name, "internal/aws/") || strings.HasPrefix(name, "internal/aws/sandbox") {
			continue // elsewhere the plan forbids the SDK; TestSandboxServes is about the sandbox
		}
		for _, f := range files {
			ast.Inspect(f.tree, func(n ast.Node) bool {
				operation := operationOf(n)
				if !operations[operation] {
					return true
				}
				calls++
				if !slices.Contains(awsOperations[name], operation) {
					t.Errorf("%s: %s may not call %s", f.set.Position(n.Pos()), name, operation)
				}
				return true
			})
		}
	}
	if calls == 0 {
		t.Error("no call of an AWS operation found: the test looks at nothing")
	}
	t.Logf("%d calls of %d known operations", calls, len(operations))
}

// TestSandboxServes makes sure that the sandbox answers operations and never holds a client of its own.
func TestSandboxServes(t *testing.T) {
	t.Parallel()
	selectors := 0
	for name, files := range sources(t) {
		if !strings.HasPrefix(name, "internal/aws/sandbox") {
			continue
		}
		for _, f := range files {
			ast.Inspect(f.tree, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				selectors++
				pkg, _ := sel.X.(*ast.Ident)
				if pkg != nil && (pkg.Name == "iam" || pkg.Name == "sts") && (sel.Sel.Name == "New" || sel.Sel.Name == "NewFromConfig") {
					t.Errorf("%s: the sandbox makes a client", f.set.Position(n.Pos()))
				}
				return true
			})
		}
	}
	if selectors == 0 {
		t.Error("the sandbox was not found")
	}
	t.Logf("%d selectors", selectors)
}

// sdkOperations are the methods of the SDK's clients.
func sdkOperations() map[string]bool {
	all := map[string]bool{}
	for _, client := range []reflect.Type{reflect.TypeFor[*iam.Client](), reflect.TypeFor[*sts.Client]()} {
		for method := range client.Methods() {
			all[method.Name] = true
		}
	}
	delete(all, "Options")
	return all
}

// operationOf names the operation that a node calls: client.ListUsers, or iam.NewListUsersPaginator.
func operationOf(n ast.Node) string {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	name := sel.Sel.Name
	if rest, found := strings.CutPrefix(name, "New"); found {
		if operation, paginator := strings.CutSuffix(rest, "Paginator"); paginator {
			return operation
		}
	}
	return name
}
