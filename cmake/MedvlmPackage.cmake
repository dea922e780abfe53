# Installs find_package(medvlm): targets medvlm::core and medvlm::sdk, and medvlm_add_plugin().
