# Each plugin library exports exactly one symbol. Arguments: nm, then plugin folders.
nm="$1"
shift
checked=0
failed=0
for library in $(find "$@" -name '*.so' 2>/dev/null); do
  exported=$("$nm" -D --defined-only "$library" | sed 's/^[^ ]* [^ ]* //; s/@.*//' | sort -u)
  checked=$((checked + 1))
  if [ "$exported" != "medvlm_plugin_query_v1" ]; then
    failed=$((failed + 1))
    echo "$library exports:"
    echo "$exported" | head -20
  fi
done
echo "$checked libraries checked, $failed with other exports"
[ "$checked" -gt 0 ] && [ "$failed" -eq 0 ]
