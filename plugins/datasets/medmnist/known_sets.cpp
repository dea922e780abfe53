// Names are verbatim those of MedMNIST's medmnist/info.py; the texts of PneumoniaMNIST, BreastMNIST and DermaMNIST in the
// original benchmark are the same words.
#include "known_sets.hpp"

#include "medvlm/sdk/table/fields.hpp"

namespace medvlm::medmnist {
namespace {

constexpr std::string_view kPath[] = {"adipose", "background", "debris", "lymphocytes", "mucus", "smooth muscle",
                                      "normal colon mucosa", "cancer-associated stroma",
                                      "colorectal adenocarcinoma epithelium"};
constexpr std::string_view kChest[] = {"atelectasis", "cardiomegaly", "effusion", "infiltration", "mass", "nodule",
                                       "pneumonia", "pneumothorax", "consolidation", "edema", "emphysema", "fibrosis",
                                       "pleural", "hernia"};
constexpr std::string_view kDerma[] = {"actinic keratoses and intraepithelial carcinoma", "basal cell carcinoma",
                                       "benign keratosis-like lesions", "dermatofibroma", "melanoma",
                                       "melanocytic nevi", "vascular lesions"};
constexpr std::string_view kOct[] = {"choroidal neovascularization", "diabetic macular edema", "drusen", "normal"};
constexpr std::string_view kPneumonia[] = {"normal", "pneumonia"};
constexpr std::string_view kRetina[] = {"0", "1", "2", "3", "4"};
constexpr std::string_view kRetinaTexts[] = {"diabetic retinopathy grade 0", "diabetic retinopathy grade 1",
                                             "diabetic retinopathy grade 2", "diabetic retinopathy grade 3",
                                             "diabetic retinopathy grade 4"};
constexpr std::string_view kBreast[] = {"malignant", "normal, benign"};
constexpr std::string_view kBlood[] = {"basophil", "eosinophil", "erythroblast",
                                       "immature granulocytes(myelocytes, metamyelocytes and promyelocytes)",
                                       "lymphocyte", "monocyte", "neutrophil", "platelet"};
constexpr std::string_view kTissue[] = {"Collecting Duct, Connecting Tubule", "Distal Convoluted Tubule",
                                        "Glomerular endothelial cells", "Interstitial endothelial cells", "Leukocytes",
                                        "Podocytes", "Proximal Tubule Segments", "Thick Ascending Limb"};
constexpr std::string_view kOrgans[] = {"bladder", "femur-left", "femur-right", "heart", "kidney-left", "kidney-right",
                                        "liver", "lung-left", "lung-right", "pancreas", "spleen"};

constexpr KnownSet kSets[] = {
    {"pathmnist", "PathMNIST", "histopathology", false, kPath, {}},
    {"chestmnist", "ChestMNIST", "chest radiograph", true, kChest, {}},
    {"dermamnist", "DermaMNIST", "dermatoscopy", false, kDerma, {}},
    {"octmnist", "OCTMNIST", "retinal optical coherence tomography", false, kOct, {}},
    {"pneumoniamnist", "PneumoniaMNIST", "chest radiograph", false, kPneumonia, {}},
    {"retinamnist", "RetinaMNIST", "fundus photography", false, kRetina, kRetinaTexts},
    {"breastmnist", "BreastMNIST", "breast ultrasound", false, kBreast, {}},
    {"bloodmnist", "BloodMNIST", "blood cell microscopy", false, kBlood, {}},
    {"tissuemnist", "TissueMNIST", "kidney cortex microscopy", false, kTissue, {}},
    {"organamnist", "OrganAMNIST", "abdominal CT, axial", false, kOrgans, {}},
    {"organcmnist", "OrganCMNIST", "abdominal CT, coronal", false, kOrgans, {}},
    {"organsmnist", "OrganSMNIST", "abdominal CT, sagittal", false, kOrgans, {}},
};

}  // namespace

const KnownSet* find_known_set(std::string_view name) {
  for (const KnownSet& set : kSets) {
    if (sdk::lower_case(name) == set.id) return &set;
  }
  return nullptr;
}

std::span<const KnownSet> known_sets() { return kSets; }

}  // namespace medvlm::medmnist
