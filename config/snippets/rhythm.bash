# What is not met yet, before bash's prompt. At the end of ~/.bashrc:  . /path/to/rhythm.bash
if ! declare -F rhythm_prompt >/dev/null; then
    # After what else sets PS1.
    PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND; }rhythm_prompt"
fi
rhythm_prompt() {
    local status=$? text
    text=$(rhythmctl prompt --format bash 2>/dev/null)
    PS1=${PS1#"$rhythm_text"}
    rhythm_text=${text:+$text }
    PS1=$rhythm_text$PS1
    return "$status"
}

# And what is pressing, at login.
if shopt -q login_shell; then rhythmctl motd 2>/dev/null; fi
