# What is not met yet, before bash's prompt. At the end of ~/.bashrc:  . /path/to/rhythm.bash
rhythm_ps1=$PS1
rhythm_prompt() {
    local status=$? text
    text=$(rhythmctl prompt --format bash 2>/dev/null)
    PS1="${text:+$text }$rhythm_ps1"
    return "$status"
}
PROMPT_COMMAND="rhythm_prompt${PROMPT_COMMAND:+; $PROMPT_COMMAND}"

# And what is pressing, at login.
if shopt -q login_shell; then rhythmctl motd 2>/dev/null; fi
