# What is not met yet, at the right of zsh's prompt. At the end of ~/.zshrc:  . /path/to/rhythm.zsh
autoload -Uz add-zsh-hook
rhythm_prompt() { RPROMPT=$(rhythmctl prompt --format zsh 2>/dev/null) }
add-zsh-hook precmd rhythm_prompt

# And what is pressing, at login.
if [[ -o login ]]; then rhythmctl motd 2>/dev/null; fi
