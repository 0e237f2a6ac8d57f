# The converge program, between its library and `main`: the step's own part.

step_detect() { :; }
step_require() { :; }
step_prepare() { :; }
step_validate() { :; }
step_apply() { :; }
step_explain() { :; }
step_undo() { :; }
step_items() { :; }
redact() { :; }

# Root's two copies of the program: either is enough to make the other again.
if [ -n "${3-}" ] && [ ! -s "$BASE/program" ]; then
  (umask 077 && mkdir -p "$BASE" && cp "$3" "$BASE/.program" && durable "$BASE/.program" && mv -f "$BASE/.program" "$BASE/program")
fi

step_data
for _file in $SCRIPTS; do
  step_script "$_file" && continue
  printf '%s\n' "$STEP: $_file: must be in the program on the host; raise site.converge by one" >&2
  exit 1
done
